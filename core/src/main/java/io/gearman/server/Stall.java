// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Keeps the memory that one connection's unread output can take within bounds: while the connection
 * takes no more, the connections that feed it are not read. A listener that holds up others for
 * longer than the bound is closed.
 *
 * <pre>
 *   FLOWING --hold(feeder)--> STALLED --writable / closed--> FLOWING
 *                                |
 *                                +------bound passed-------> closed
 * </pre>
 */
final class Stall {

  /** Runs a task later, on the broker's event loop. */
  interface Clock {
    Disposable schedule(Runnable task);
  }

  private final Outlet outlet;
  private final Clock clock;
  private final Set<Stall> held = new LinkedHashSet<>();
  private @Nullable Disposable bound;
  private int holders; // stalls that hold this connection

  /**
   * @param clock schedules a task for when the stall bound has passed
   */
  Stall(Outlet outlet, Clock clock) {
    this.outlet = outlet;
    this.clock = clock;
  }

  /** Stops reading from the feeder until this connection takes data again. */
  void hold(Stall feeder) {
    if (held.add(feeder) && feeder.holders++ == 0) {
      feeder.outlet.setReading(false);
    }
    if (feeder != this && bound == null) {
      bound = clock.schedule(outlet::close);
    }
  }

  /** Reads again from all that were held because of this connection. */
  void release() {
    if (bound != null) {
      bound.dispose();
      bound = null;
    }
    for (Stall feeder : held) {
      if (--feeder.holders == 0) {
        feeder.outlet.setReading(true);
      }
    }
    held.clear();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Keeps the memory that one reader's unread output can take within bounds: while the reader takes
 * no more, the connections that feed it are not read. A reader that holds up others for longer than
 * the bound is given up.
 *
 * <pre>
 *   FLOWING --hold(feeder)--> STALLED --release--> FLOWING
 *                                |
 *                                +---bound passed---> given up
 * </pre>
 */
final class Stall {

  private final Stalls stalls;
  private final Runnable giveUp;
  private final Set<Intake> held = new LinkedHashSet<>();
  private @Nullable Disposable bound;

  Stall(Stalls stalls, Runnable giveUp) {
    this.stalls = stalls;
    this.giveUp = giveUp;
  }

  /** Stops reading from a connection until this reader takes data again; the bound applies. */
  void hold(Intake feeder) {
    if (held.add(feeder)) {
      feeder.hold(this);
    }
    begin();
  }

  /** Others wait for this reader, and the bound applies. */
  void begin() {
    if (bound == null) {
      bound = stalls.clock().schedule(stalls.bound(), giveUp);
    }
  }

  /** True if a connection is not read for the sake of this reader. */
  boolean isHolding() {
    return !held.isEmpty();
  }

  /** Reads again from all that were held because of this reader. */
  void release() {
    if (bound != null) {
      bound.dispose();
      bound = null;
    }
    held.forEach(feeder -> feeder.release(this));
    held.clear();
  }

  /** A connection that was held up is gone; with the last one nobody waits any more. */
  void forget(Intake feeder) {
    held.remove(feeder);
    feeder.release(this);
    if (held.isEmpty()) {
      release();
    }
  }
}

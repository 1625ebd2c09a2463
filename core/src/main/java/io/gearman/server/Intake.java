// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Whether a connection is read: not while it takes no answers itself, nor while a reader waits. */
final class Intake {

  private final Outlet outlet;
  private final Set<Stall> holders = new LinkedHashSet<>();
  private boolean paused;
  private boolean reading = true;

  Intake(Outlet outlet) {
    this.outlet = outlet;
  }

  /** The connection takes no answers, and may not ask for more. */
  void pause() {
    paused = true;
    update();
  }

  void resume() {
    paused = false;
    update();
  }

  /** A reader of what this connection sends takes nothing. */
  void hold(Stall reader) {
    holders.add(reader);
    update();
  }

  void release(Stall reader) {
    holders.remove(reader);
    update();
  }

  /** True while the connection is not read for the sake of a reader, which the stall bound ends. */
  boolean isHeld() {
    return !holders.isEmpty();
  }

  /** The connection is gone: it waits for nobody. */
  void close() {
    List.copyOf(holders).forEach(reader -> reader.forget(this));
  }

  private void update() {
    boolean free = !paused && holders.isEmpty();
    if (free != reading) {
      reading = free;
      outlet.setReading(free);
    }
  }
}

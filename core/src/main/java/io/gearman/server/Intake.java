// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

/** Whether a connection is read: not while anybody holds it up. */
final class Intake {

  private final Outlet outlet;
  private int holders;

  Intake(Outlet outlet) {
    this.outlet = outlet;
  }

  void hold() {
    if (holders++ == 0) {
      outlet.setReading(false);
    }
  }

  void release() {
    if (--holders == 0) {
      outlet.setReading(true);
    }
  }
}

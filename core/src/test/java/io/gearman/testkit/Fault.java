// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

/** What may befall a connection, or the server at its other end. */
public enum Fault {
  /** The connection is reset. */
  RESET,
  /** The connection is closed in the usual way. */
  CLOSE,
  /** Nothing comes through any more, in neither direction, and nobody says so. */
  BLACK_HOLE,
  /** As a black hole, but half of a packet of the server comes through. */
  HALF_PACKET,
  /** Nothing comes through for a while, and then all of it. */
  STALL,
  /** The process of the server is killed, and nobody starts it again. */
  SERVER_KILLED,
  /** The process of the server is killed, and started again. */
  SERVER_RESTARTED,
  /** The connection is closed, its address is deserted, and the name of the host means another. */
  DNS_CHANGED;

  /** Whether the connection ends so that its other end hears of it. */
  public boolean isHeard() {
    return switch (this) {
      case RESET, CLOSE, SERVER_KILLED, SERVER_RESTARTED, DNS_CHANGED -> true;
      case BLACK_HOLE, HALF_PACKET, STALL -> false;
    };
  }
}

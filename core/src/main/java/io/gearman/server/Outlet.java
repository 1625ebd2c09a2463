// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.Packet;

/** The connection of a peer as the broker sees it. All calls come from the broker's event loop. */
interface Outlet {

  /** Sends a packet with the next {@link #flush}. */
  void write(Packet packet);

  /** Sends a reply of the text protocol with the next {@link #flush}. */
  void write(byte[] text);

  void flush();

  /** False while more waits for the socket than the high-water mark allows. */
  boolean isWritable();

  /** Stops or resumes reading from the peer. */
  void setReading(boolean reading);

  /**
   * Closes the connection: later, so that nobody hears of it in the middle of what is done now.
   * What was flushed before may still leave, if the socket takes it now.
   *
   * @param reason to count it under, unless it went for another before
   */
  void close(Departure reason);

  /** Closes the connection when all that was written has left, or after the stall bound. */
  void finish();

  /** The address at the other end, without its port. */
  String remoteAddress();
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import io.gearman.protocol.Packet;
import org.jspecify.annotations.Nullable;

/**
 * What a session hears of its connection, always on the connection's event loop. An exception
 * thrown from {@code onPacket} closes the connection with that exception as the cause.
 */
public interface PacketListener {

  /** A packet has arrived. */
  void onPacket(Packet packet);

  /** The connection takes data again after {@link PacketConnection#isWritable} was false. */
  void onWritable();

  /**
   * The connection is gone; nothing is heard of it after this. Called exactly once.
   *
   * @param cause why, or null if one of the two sides closed it in the usual way
   */
  void onClosed(@Nullable Throwable cause);
}

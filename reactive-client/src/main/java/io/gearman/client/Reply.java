// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;

/**
 * Somebody who waits for the answer to a request. Gearman's answers carry no number: the server
 * gives them in the order of the requests, so whoever stands first in line gets the next one.
 * Called on the connection's event loop.
 */
interface Reply {

  /** The type of a good answer. */
  PacketType expected();

  void onAnswer(Packet answer);

  /** An answer that comes after {@link #onFailure}, which said that it took too long. */
  default void onLateAnswer(Packet answer) {}

  /**
   * The request could not be sent, is not answered in time, the server refused it, or the
   * connection was lost.
   */
  void onFailure(RuntimeException failure);
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;

/**
 * Somebody who waits for the answer to a request. Gearman's answers carry no number: the server
 * gives them in the order of the requests, so whoever stands first in line gets the next one.
 * Called on the connection's event loop.
 */
abstract class Reply {

  long since; // when it was put in line, which keeps the time
  boolean late; // it was told that it waits for too long

  /** The type of a good answer. */
  abstract PacketType expected();

  abstract void onAnswer(Packet answer);

  /** An answer that comes after {@link #onFailure}, which said that it took too long. */
  void onLateAnswer(Packet answer) {}

  /**
   * The request could not be sent, is not answered in time, the server refused it, or the
   * connection was lost.
   */
  abstract void onFailure(RuntimeException failure);
}

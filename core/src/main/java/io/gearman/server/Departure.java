// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.ProtocolException;
import io.netty.handler.codec.DecoderException;

/** Why a connection is gone. */
public enum Departure {
  /** Its peer closed it. */
  LEFT,
  /** Its socket failed: a process that was killed, a network that says so. */
  RESET,
  /** Its peer did not answer any more: a machine that died, a network that says nothing. */
  VANISHED,
  /** It did not take its results while others waited for it. */
  STALLED,
  /** It sent what is no Gearman, or more than the server takes. */
  INVALID,
  /** It was one too many, or wanted more than there is room for. */
  REFUSED,
  /** Its handshake failed, or took too long. */
  NO_TLS,
  /** The server ended, or closed it for a reason of its own. */
  CLOSED;

  /** What the failure of a connection comes from. */
  static Departure of(Throwable failure) {
    if (failure instanceof DecoderException || failure instanceof ProtocolException) {
      return INVALID;
    }
    String message = String.valueOf(failure.getMessage());
    return message.contains("timed out")
        ? VANISHED
        : RESET; // ETIMEDOUT, in the words of the system
  }
}

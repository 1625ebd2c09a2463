// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.ProtocolException;
import io.netty.channel.unix.Errors;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;

/** Why a connection is gone. */
public enum Departure {
  /** Its peer closed it. */
  LEFT,
  /** Its peer was killed, or closed it before everything was read that it had been sent. */
  RESET,
  /** Its peer did not answer any more, or cannot be reached: a machine that died, a network. */
  VANISHED,
  /** It did not take its results while others waited for it. */
  STALLED,
  /** It sent what is no Gearman, or more than the server takes. */
  INVALID,
  /** It was one too many, or wanted more than there is room for. */
  REFUSED,
  /** Its TLS handshake failed, or took too long. */
  NO_TLS,
  /** The server ended, or closed it for a reason of its own. */
  CLOSED;

  /** What the failure of a connection comes from. */
  static Departure of(Throwable failure) {
    if (failure instanceof DecoderException || failure instanceof ProtocolException) {
      return INVALID;
    }
    if (failure instanceof IOException socket) {
      return isReset(socket) ? RESET : VANISHED;
    }
    return CLOSED;
  }

  /** The words of the system may be those of its language, its numbers are not. */
  private static boolean isReset(IOException failure) {
    return failure instanceof Errors.NativeIoException system
        ? system.expectedErr() == Errors.ERRNO_ECONNRESET_NEGATIVE
            || system.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE
        : !String.valueOf(failure.getMessage()).contains("timed out");
  }
}

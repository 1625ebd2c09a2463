// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import io.netty.handler.ssl.NotSslRecordException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the failure of a connection comes from, in words for whoever runs it. */
final class TlsFailure {

  private TlsFailure() {}

  /** The message of an error; that of its first cause too where TLS has failed. */
  static String reason(Throwable error) {
    Throwable failure = failure(error);
    if (failure == null) {
      return String.valueOf(error.getMessage());
    }
    if (failure instanceof NotSslRecordException) {
      return "TLS failed: the other side does not speak it";
    }
    String message = "TLS failed: " + failure.getMessage();
    String first = String.valueOf(first(failure).getMessage());
    return message.contains(first) ? message : message + " (" + first + ')';
  }

  /** The failure of TLS, or null. A connection that is closed brings it along. */
  private static @Nullable Throwable failure(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return cause;
      }
      for (Throwable suppressed : cause.getSuppressed()) {
        if (suppressed instanceof SSLException) {
          return suppressed;
        }
      }
    }
    return null;
  }

  private static Throwable first(Throwable error) {
    Throwable first = error;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first;
  }
}

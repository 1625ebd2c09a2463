// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A {@link PayloadCodec} could not make bytes of a value, or a value of the bytes that came. Trying
 * again does not help.
 */
public final class PayloadException extends GearmanException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN_BYTES = 32;

  private final String function;
  private final byte[] bytes;

  private PayloadException(String function, byte[] bytes, String message, Throwable cause) {
    super(message + ": " + cause, cause);
    this.function = function;
    this.bytes = bytes;
  }

  static PayloadException notEncoded(String function, Object value, Throwable cause) {
    return new PayloadException(
        function,
        new byte[0],
        "Cannot encode a %s for function \"%s\"".formatted(value.getClass().getName(), function),
        cause);
  }

  static PayloadException notDecoded(String function, byte[] bytes, Throwable cause) {
    return new PayloadException(
        function,
        bytes,
        "Cannot decode %d bytes of function \"%s\" (%s)"
            .formatted(bytes.length, function, shown(bytes)),
        cause);
  }

  /** The function whose workload or result it is. */
  public String function() {
    return function;
  }

  /** What could not be decoded; empty if a value could not be encoded. */
  public byte[] bytes() {
    return bytes;
  }

  /** In hexadecimal digits, as the bytes may be anything. */
  private static String shown(byte[] bytes) {
    if (bytes.length == 0) {
      return "empty";
    }
    String start =
        HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN_BYTES)));
    return bytes.length > SHOWN_BYTES ? start + "..." : start;
  }
}

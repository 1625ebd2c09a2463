// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import static java.util.Objects.requireNonNull;

/**
 * Makes payloads of values, and values of payloads: workloads and results are bytes to Gearman.
 * {@link #bytes()} and {@link #utf8()} are here; {@code io.gearman.jackson.JacksonCodec} has JSON.
 *
 * <p>It is used on event loops and by several threads at once, so it must neither block nor keep
 * anything. Whatever it throws becomes a {@link PayloadException}. There is no null: one that is
 * returned is an error as well.
 *
 * @param <T> the type of the values
 */
public interface PayloadCodec<T> {

  /** The bytes of a value, which are handed over. */
  byte[] encode(T value) throws Exception;

  /** The value of these bytes, of which there may be none. */
  T decode(byte[] bytes) throws Exception;

  /** Payloads as they are. */
  static PayloadCodec<byte[]> bytes() {
    return BytesCodec.INSTANCE;
  }

  /** Text in UTF-8; malformed bytes and lone surrogates are errors, and are not replaced. */
  static PayloadCodec<String> utf8() {
    return Utf8Codec.INSTANCE;
  }

  /**
   * As {@link #encode}, for a payload of this function.
   *
   * @throws PayloadException if that fails
   */
  default byte[] encodeFor(String function, T value) {
    requireNonNull(value, "value");
    try {
      return requireNonNull(encode(value), "The codec returned null");
    } catch (Exception e) {
      throw PayloadException.notEncoded(function, value, e);
    }
  }

  /**
   * As {@link #decode}, for a payload of this function.
   *
   * @throws PayloadException if that fails
   */
  default T decodeFor(String function, byte[] bytes) {
    try {
      return requireNonNull(decode(bytes), "The codec returned null");
    } catch (Exception e) {
      throw PayloadException.notDecoded(function, bytes, e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/** Payloads as they are. */
final class BytesCodec implements PayloadCodec<byte[]> {

  static final BytesCodec INSTANCE = new BytesCodec();

  private BytesCodec() {}

  @Override
  public byte[] encode(byte[] value) {
    return value;
  }

  @Override
  public byte[] decode(byte[] bytes) {
    return bytes;
  }
}

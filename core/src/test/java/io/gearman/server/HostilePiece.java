// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** A piece of what a hostile peer sends, and how it is damaged on its way. */
record HostilePiece(byte[] bytes, Damage damage, int place, byte value) {

  enum Damage {
    NONE,
    FLIP,
    CUT,
    DOUBLE,
    DROP_HEAD,
    RESIZE,
    SWAP_HALVES
  }

  private static final int SIZE_AT = 11; // the last byte of the size of a packet

  byte[] damaged() {
    if (bytes.length == 0) {
      return bytes;
    }
    int at = Math.floorMod(place, bytes.length);
    return switch (damage) {
      case NONE -> bytes;
      case FLIP -> with(at, value);
      case CUT -> Arrays.copyOf(bytes, at);
      case DOUBLE -> join(bytes, bytes);
      case DROP_HEAD -> Arrays.copyOfRange(bytes, at, bytes.length);
      case RESIZE ->
          bytes.length > SIZE_AT ? with(SIZE_AT - Math.floorMod(place, 4), value) : bytes;
      case SWAP_HALVES ->
          join(Arrays.copyOfRange(bytes, at, bytes.length), Arrays.copyOf(bytes, at));
    };
  }

  private byte[] with(int at, byte changed) {
    byte[] result = bytes.clone();
    result[at] = changed;
    return result;
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  static byte[] join(List<HostilePiece> pieces) {
    return join(pieces.stream().map(HostilePiece::damaged).toArray(byte[][]::new));
  }

  @Override
  public String toString() {
    return damage + "=" + HexFormat.of().formatHex(damaged());
  }
}

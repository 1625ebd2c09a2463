// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.Arrays;

/** Bytes as the key of a map: function names and unique ids are never decoded. */
record ByteKey(byte[] bytes) implements Comparable<ByteKey> {

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteKey that && Arrays.equals(bytes, that.bytes);
  }

  /** Lets a map find a key among many of one hash, which anybody can make up. */
  @Override
  public int compareTo(ByteKey other) {
    return Arrays.compare(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}

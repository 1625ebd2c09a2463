// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.Arrays;

/** Bytes as the key of a map: function names and unique ids are never decoded. */
record ByteKey(byte[] bytes) {

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}

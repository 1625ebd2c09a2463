// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.Arrays;
import java.util.OptionalLong;

/** Numbers as peers write them: gearmand reads the digits that an argument begins with. */
final class Numbers {

  private Numbers() {}

  /**
   * The decimal digits that the bytes begin with; 0 if there is none or a sign, and empty if the
   * number is over 2^63-1.
   */
  static OptionalLong leading(byte[] bytes) {
    long number = 0;
    for (int i = 0; i < bytes.length && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
      int digit = bytes[i] - '0';
      if (number > (Long.MAX_VALUE - digit) / 10) {
        return OptionalLong.empty();
      }
      number = 10 * number + digit;
    }
    return OptionalLong.of(number);
  }

  static byte[] untilNul(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return end == bytes.length ? bytes : Arrays.copyOf(bytes, end);
  }
}

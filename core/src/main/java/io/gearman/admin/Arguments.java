// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import java.nio.charset.StandardCharsets;

/** Refuses what a line of the text protocol cannot say. */
final class Arguments {

  private static final int MAX_WORD = 512; // bytes; the longest name of a function

  private Arguments() {}

  /** The value, which must be one word. */
  static String word(String name, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " must not be empty");
    }
    if (value.chars().anyMatch(c -> c == ' ' || Character.isISOControl(c))) {
      throw new IllegalArgumentException(
          "%s must be without blanks and control characters, not \"%s\"".formatted(name, value));
    }
    int length = value.getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_WORD) {
      throw new IllegalArgumentException(
          "%s must be at most %d bytes, not %d: \"%s\"".formatted(name, MAX_WORD, length, value));
    }
    return value;
  }

  /** The value, which must not be negative. */
  static int limit(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be 0 or more, not " + value);
    }
    return value;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import io.gearman.protocol.Printable;

/**
 * What stands for a function in the tags of its meters. Anybody can name functions, and call them
 * anything.
 */
final class FunctionTag {

  /** Stands for those that have no meters of their own. */
  static final String OTHERS = "(others)";

  private static final String EMPTY = "(empty)";
  private static final String RESERVED = "("; // is put before a name that begins with it
  private static final int LONGEST = 100; // characters

  private FunctionTag() {}

  /**
   * The name, cut if it is long and as {@linkplain Printable#name far as it can be shown}.
   * Different names may come to the same.
   */
  static String of(String function) {
    if (function.isEmpty()) {
      return EMPTY;
    }
    String own = function.startsWith(RESERVED) ? RESERVED + function : function;
    return Printable.name(cut(own));
  }

  private static String cut(String name) {
    int characters = name.codePointCount(0, name.length());
    return characters > LONGEST
        ? name.substring(0, name.offsetByCodePoints(0, LONGEST)) + '\u2026'
        : name;
  }
}

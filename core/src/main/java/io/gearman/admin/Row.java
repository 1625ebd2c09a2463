// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import java.util.Arrays;
import java.util.List;

/**
 * A row of a table of the text protocol: a name, and numbers behind it, with tabs between them. A
 * name may have tabs of its own, since nothing is escaped.
 */
record Row(String name, List<Long> numbers) {

  /**
   * Splits a line.
   *
   * @throws IllegalArgumentException if it does not end in that many numbers
   */
  static Row parse(String line, int count) {
    int end = line.length();
    Long[] numbers = new Long[count];
    for (int i = count - 1; i >= 0; i--) {
      int tab = line.lastIndexOf('\t', end - 1);
      if (tab < 0) {
        throw new IllegalArgumentException("A tab is missing");
      }
      numbers[i] = number(line.substring(tab + 1, end));
      end = tab;
    }
    return new Row(line.substring(0, end), Arrays.asList(numbers));
  }

  long number(int index) {
    return numbers.get(index);
  }

  /** A number of the text protocol, which has no sign. */
  static long number(String digits) {
    if (digits.startsWith("-") || digits.startsWith("+")) {
      throw new IllegalArgumentException("A number has a sign");
    }
    return Long.parseLong(digits);
  }
}

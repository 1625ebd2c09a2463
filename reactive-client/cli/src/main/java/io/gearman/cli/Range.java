// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import org.jspecify.annotations.Nullable;

/** The numbers that an option may have. */
final class Range {

  static final int MAX_PORT = 65_535;

  private Range() {}

  /** Refuses a number outside; an option that is not there may be. */
  static void check(String option, @Nullable Number value, long min, long max) {
    if (value != null && (value.longValue() < min || value.longValue() > max)) {
      throw new IllegalArgumentException(
          "%s must be %d to %d, not %d".formatted(option, min, max, value));
    }
  }
}

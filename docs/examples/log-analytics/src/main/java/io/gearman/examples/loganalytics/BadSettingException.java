// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

/**
 * A property whose value cannot be used. The message names the property, the value and the limit.
 */
final class BadSettingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private BadSettingException(String property, Object value, String limit) {
    super("%s is \"%s\": it must be %s".formatted(property, value, limit));
  }

  static BadSettingException of(String property, Object value, String limit) {
    return new BadSettingException(property, value, limit);
  }

  /** Passes a number from min to max. */
  static void check(String property, long value, long min, long max, String unit) {
    if (value < min || value > max) {
      throw of(property, value + unit, min + " to " + max + unit);
    }
  }
}

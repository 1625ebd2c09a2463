// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

/**
 * The waiting jobs of a function by priority (a row of {@code prioritystatus}). All numbers are 0
 * or more.
 *
 * @param high waiting jobs of high priority
 * @param normal waiting jobs of normal priority
 * @param low waiting jobs of low priority
 * @param workers connections that can run the function
 */
public record PriorityStatus(String function, long high, long normal, long low, long workers) {

  static PriorityStatus parse(String line) {
    Row row = Row.parse(line, 4);
    return new PriorityStatus(
        row.name(), row.number(0), row.number(1), row.number(2), row.number(3));
  }
}

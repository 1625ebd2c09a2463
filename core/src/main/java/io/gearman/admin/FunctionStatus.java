// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

/**
 * What a job server has of a function (a row of {@code status}). All numbers are 0 or more.
 *
 * @param total jobs that have not ended, waiting or running
 * @param running jobs that a worker holds
 * @param workers connections that can run the function
 */
public record FunctionStatus(String function, long total, long running, long workers) {

  static FunctionStatus parse(String line) {
    Row row = Row.parse(line, 3);
    return new FunctionStatus(row.name(), row.number(0), row.number(1), row.number(2));
  }
}

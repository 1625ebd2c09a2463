// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What of a measurement is compared.
 *
 * @param format how it is printed
 */
record Metric(String format, ToDoubleFunction<Measured> value) {

  static final Metric RATE = new Metric("%,.0f/s", Measured::jobsPerSecond);
  static final Metric BYTES = new Metric("%,.0f MB/s", run -> run.bytesPerSecond() / 1e6);

  /** The median latency. */
  static final Metric LATENCY = new Metric("%,.0f µs", run -> run.micros(50));

  double of(Cell cell) {
    return cell.median(value);
  }

  String print(double number) {
    return String.format(Locale.ROOT, format, number);
  }
}

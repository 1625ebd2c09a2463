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

  /** What a job costs the server. */
  static final Metric SERVER_TIME = new Metric("%,.2f µs", Measured::serverMicrosPerJob);

  double of(Cell cell) {
    return cell.median(value);
  }

  double of(Measured run) {
    return value.applyAsDouble(run);
  }

  String print(double number) {
    return String.format(Locale.ROOT, format, number);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What one kind of operation has cost, each time that it was measured. */
final class Samples {

  private record Sample(double cpuMicros, double collectorMicros, double perSecond) {}

  /** The smallest, the middle and the largest of several values. */
  record Spread(double min, double median, double max) {}

  private final List<Sample> samples = new ArrayList<>();

  void add(CpuClock.Reading cpu, long wallNanos, int operations) {
    samples.add(
        new Sample(
            cpu.server() / 1e3 / operations,
            cpu.collector() / 1e3 / operations,
            operations * 1e9 / wallNanos));
  }

  /** CPU time of one operation in microseconds, without that of the garbage collector. */
  Spread cpuMicros() {
    return spread(Sample::cpuMicros);
  }

  /** CPU time of one operation in microseconds, with that of the garbage collector. */
  Spread totalMicros() {
    return spread(sample -> sample.cpuMicros + sample.collectorMicros);
  }

  /** CPU time that the garbage collector took per operation, in microseconds. */
  Spread collectorMicros() {
    return spread(Sample::collectorMicros);
  }

  /** Operations per second of wall clock. */
  Spread perSecond() {
    return spread(Sample::perSecond);
  }

  private Spread spread(ToDoubleFunction<Sample> value) {
    double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
    double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    return new Spread(sorted[0], median, sorted[sorted.length - 1]);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * A peer under a load.
 *
 * @param runs what was measured; none if that failed
 * @param failure why nothing was measured, or empty
 */
record Cell(Peer peer, Load load, List<Measured> runs, String failure) {

  /** The middle of several values, the smallest and the largest. */
  record Spread(double median, double min, double max) {

    /** How far apart they are, as a part of the median. */
    double width() {
      return median == 0 ? 0 : (max - min) / median;
    }
  }

  static Cell failed(Peer peer, Load load, String failure) {
    return new Cell(peer, load, List.of(), failure);
  }

  boolean isMeasured() {
    return failure.isEmpty();
  }

  Spread spread(ToDoubleFunction<Measured> value) {
    double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
    double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  double median(ToDoubleFunction<Measured> value) {
    return spread(value).median();
  }

  boolean takesPart(Part part) {
    return runs.stream().anyMatch(run -> run.cpu().containsKey(part));
  }

  /** How many cores a part used on average. */
  double cores(Part part) {
    return runs.stream().mapToDouble(run -> run.cores(part)).average().orElse(0);
  }

  /** What each part used of how much there was, which says what limits the others. */
  String usage(int available) {
    StringJoiner parts = new StringJoiner(", ");
    for (Part part : Part.values()) {
      if (takesPart(part)) {
        parts.add(String.format(Locale.ROOT, "%s %.2f", part, cores(part)));
      }
    }
    double all = Stream.of(Part.values()).mapToDouble(this::cores).sum();
    return String.format(Locale.ROOT, "%s; together %.2f of %d cores", parts, all, available);
  }
}

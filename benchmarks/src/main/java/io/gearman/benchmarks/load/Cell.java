// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;

/**
 * A peer under a load.
 *
 * @param runs what was measured; none if that failed
 * @param cores that each part used on average
 * @param failure why nothing was measured, or empty
 */
record Cell(Peer peer, Load load, List<Measured> runs, Map<Part, Double> cores, String failure) {

  /** The middle of several values, the smallest and the largest. */
  record Spread(double median, double min, double max) {

    /** How far apart they are, as a part of the median. */
    double width() {
      return median == 0 ? 0 : (max - min) / median;
    }
  }

  static Cell failed(Peer peer, Load load, String failure) {
    return new Cell(peer, load, List.of(), Map.of(), failure);
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

  /** What each part used of how much there was, which says what limits the others. */
  String usage(int available) {
    StringJoiner parts = new StringJoiner(", ");
    for (Part part : Part.values()) {
      Double used = cores.get(part);
      if (used != null) {
        parts.add("%s %.2f".formatted(part, used));
      }
    }
    double all = cores.values().stream().mapToDouble(Double::doubleValue).sum();
    return String.format(Locale.ROOT, "%s; together %.2f of %d cores", parts, all, available);
  }
}

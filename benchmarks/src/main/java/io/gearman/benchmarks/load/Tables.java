// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Markdown of what was measured. */
final class Tables {

  private static final String HEADER =
      """
      | load | peer | %s/s | spread | MB/s | p50 µs | p99 µs | p99.9 µs | server | worker | client |
      |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
      """;

  private Tables() {}

  /** A row for each cell, in the order of loads and peers. */
  static String of(String unit, List<Cell> cells) {
    StringBuilder table = new StringBuilder(HEADER.formatted(unit));
    cells.forEach(cell -> table.append(row(cell)));
    return table.toString();
  }

  private static String row(Cell cell) {
    String begin = "| %s | %s |".formatted(cell.load().label(), cell.peer().name());
    if (!cell.isMeasured()) {
      return begin + " failed: " + inOneCell(cell.failure()) + " | | | | | | | | |\n";
    }
    Cell.Spread rate = cell.spread(Measured::jobsPerSecond);
    return String.format(
        Locale.ROOT,
        "%s %,.0f | %s | %,.1f | %s | %s | %s | %s | %s | %s |%n",
        begin,
        rate.median(),
        cell.runs().size() < 2 ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * rate.width()),
        cell.median(run -> run.bytesPerSecond() / 1e6),
        latency(cell, 50),
        latency(cell, 99),
        latency(cell, 99.9),
        share(cell, Part.SERVER),
        share(cell, Part.WORKER),
        share(cell, Part.CLIENT));
  }

  /** Nothing where a run has too few of them to have such a percentile. */
  private static String latency(Cell cell, double percentile) {
    double least = Math.floor(100 / (100 - percentile));
    return cell.runs().stream().allMatch(run -> run.latencies().getTotalCount() >= least)
        ? String.format(Locale.ROOT, "%,.0f", cell.median(run -> run.micros(percentile)))
        : "";
  }

  private static String share(Cell cell, Part part) {
    return cell.takesPart(part) ? String.format(Locale.ROOT, "%.2f", cell.cores(part)) : "";
  }

  /** What was left out, and why. */
  static String skipped(Map<Peer, String> skipped) {
    StringBuilder text = new StringBuilder();
    skipped.forEach(
        (peer, why) ->
            text.append("\nSkipped: ").append(peer.name()).append(", since ").append(why));
    return text.isEmpty() ? "" : text.append(".\n").toString();
  }

  /** The targets, and what has become of them. */
  static String of(List<Verdict> verdicts) {
    StringBuilder table =
        new StringBuilder(
            """
            | target | load | wanted | measured | | limited by |
            |---|---|---|---|---|---|
            """);
    for (Verdict verdict : verdicts) {
      table.append(
          "| %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  verdict.target(),
                  verdict.load(),
                  verdict.wanted(),
                  verdict.measured(),
                  verdict.outcome(),
                  inOneCell(verdict.limit())));
    }
    return table.toString();
  }

  private static String inOneCell(String text) {
    return text.strip().replaceAll("\\s*\n\\s*", " / ").replace("|", "\\|");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How we are to stand beside a peer.
 *
 * @param name in words
 * @param ours one of the compared
 * @param other what it is compared with; null if the bound is a number of its own
 * @param atMost whether the bound is an upper one
 * @param bound of the ratio, or of the number
 * @param remark what a profile has shown to limit it, printed where the target is not met; or empty
 */
record Target(
    String name,
    Side ours,
    @Nullable Side other,
    Metric metric,
    boolean atMost,
    double bound,
    String remark) {

  /** A peer under a load. */
  record Side(Peer peer, Load load) {

    private Optional<Cell> find(List<Cell> cells, Plan plan) {
      return cells.stream()
          .filter(cell -> cell.peer().equals(peer) && cell.load().equals(load.within(plan)))
          .findFirst();
    }
  }

  static Target atLeast(
      String name, Load load, Peer ours, Peer other, Metric metric, double ratio) {
    return new Target(name, new Side(ours, load), new Side(other, load), metric, false, ratio, "");
  }

  static Target atMost(String name, Load load, Peer ours, Peer other, Metric metric, double ratio) {
    return new Target(name, new Side(ours, load), new Side(other, load), metric, true, ratio, "");
  }

  /** A number of its own. */
  static Target atLeast(String name, Load load, Peer ours, Metric metric, double number) {
    return new Target(name, new Side(ours, load), null, metric, false, number, "");
  }

  /** The same peer under another load. */
  static Target atMost(String name, Peer ours, Load load, Load other, Metric metric, double ratio) {
    return new Target(name, new Side(ours, load), new Side(ours, other), metric, true, ratio, "");
  }

  Target limitedBy(String what) {
    return new Target(name, ours, other, metric, atMost, bound, what);
  }

  Verdict unmeasured(Plan plan, String reason) {
    return verdict(plan, "", Verdict.Outcome.NOT_MEASURED, reason);
  }

  /**
   * Judges what was measured.
   *
   * @param plan within which loads were kept
   * @param cores of the machine
   */
  Verdict judge(List<Cell> cells, Plan plan, int cores) {
    Optional<Cell> mine = ours.find(cells, plan);
    Optional<Cell> theirs = other == null ? mine : other.find(cells, plan);
    if (mine.isEmpty() || theirs.isEmpty()) {
      Side absent = mine.isEmpty() || other == null ? ours : other;
      return unmeasured(plan, absent.peer().name() + " was left out");
    }
    if (!mine.get().isMeasured() || !theirs.get().isMeasured()) {
      Cell failed = mine.get().isMeasured() ? theirs.get() : mine.get();
      return unmeasured(plan, failed.peer().name() + ": " + failed.failure());
    }
    return judge(mine.get(), theirs.get(), plan, cores);
  }

  private Verdict judge(Cell mine, Cell theirs, Plan plan, int cores) {
    double number = metric.of(mine);
    double unit = other == null ? 1 : metric.of(theirs);
    if (unit == 0) {
      return unmeasured(plan, theirs.peer().name() + " has done nothing");
    }
    double compared = number / unit;
    boolean met = isWithin(compared);
    String printed = metric.print(number);
    if (other == null) {
      return verdict(plan, printed, met, met ? "" : limit(mine.usage(cores)));
    }
    DoubleSummaryStatistics runs = ratios(mine, theirs);
    boolean always = isWithin(runs.getMin()) && isWithin(runs.getMax());
    String measured =
        String.format(
            Locale.ROOT,
            "%.2fx (%.2f-%.2f): %s to %s",
            compared,
            runs.getMin(),
            runs.getMax(),
            printed,
            metric.print(unit));
    String limit = always ? "" : met ? "not in each run" : limit(mine.usage(cores));
    return verdict(plan, measured, met, limit);
  }

  private boolean isWithin(double compared) {
    return atMost ? compared <= bound : compared >= bound;
  }

  /** Those of the runs that followed each other. */
  private DoubleSummaryStatistics ratios(Cell mine, Cell theirs) {
    return IntStream.range(0, Math.min(mine.runs().size(), theirs.runs().size()))
        .mapToDouble(run -> metric.of(mine.runs().get(run)) / metric.of(theirs.runs().get(run)))
        .summaryStatistics();
  }

  private String limit(String usage) {
    return remark.isEmpty() ? usage : remark + "; " + usage;
  }

  private Verdict verdict(Plan plan, String measured, boolean met, String limit) {
    return verdict(plan, measured, Verdict.Outcome.of(met), limit);
  }

  private Verdict verdict(Plan plan, String measured, Verdict.Outcome outcome, String limit) {
    String number = other == null ? metric.print(bound) : String.format(Locale.ROOT, "%sx", bound);
    String wanted = (atMost ? "at most " : "at least ") + number;
    return new Verdict(name, ours.load().within(plan).label(), measured, wanted, outcome, limit);
  }
}

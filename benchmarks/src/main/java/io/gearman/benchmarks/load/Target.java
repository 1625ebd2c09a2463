// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How we are to stand beside a peer under one load.
 *
 * @param name in words
 * @param load that is meant
 * @param ours one of the compared
 * @param other what it is compared with; null if the bound is a number of its own
 * @param atMost whether the bound is an upper one
 * @param bound of the ratio, or of the number
 * @param remark what a profile has shown to limit it, printed where the target is not met; or empty
 */
record Target(
    String name,
    Load load,
    Peer ours,
    @Nullable Peer other,
    Metric metric,
    boolean atMost,
    double bound,
    String remark) {

  static Target atLeast(
      String name, Load load, Peer ours, Peer other, Metric metric, double ratio) {
    return new Target(name, load, ours, other, metric, false, ratio, "");
  }

  static Target atMost(String name, Load load, Peer ours, Peer other, Metric metric, double ratio) {
    return new Target(name, load, ours, other, metric, true, ratio, "");
  }

  static Target atLeast(String name, Load load, Peer ours, Metric metric, double number) {
    return new Target(name, load, ours, null, metric, false, number, "");
  }

  Target limitedBy(String what) {
    return new Target(name, load, ours, other, metric, atMost, bound, what);
  }

  /**
   * Judges what was measured.
   *
   * @param plan within which loads were kept
   * @param cores of the machine
   */
  Verdict judge(List<Cell> cells, Plan plan, int cores) {
    Optional<Cell> mine = find(cells, ours, plan);
    Optional<Cell> theirs = other == null ? mine : find(cells, other, plan);
    if (mine.isEmpty() || theirs.isEmpty()) {
      Peer absent = mine.isEmpty() || other == null ? ours : other;
      return verdict(plan, "", Verdict.Outcome.NOT_MEASURED, absent.name() + " was left out");
    }
    if (!mine.get().isMeasured() || !theirs.get().isMeasured()) {
      Cell failed = mine.get().isMeasured() ? theirs.get() : mine.get();
      String why = failed.peer().name() + ": " + failed.failure();
      return verdict(plan, "", Verdict.Outcome.NOT_MEASURED, why);
    }
    double number = metric.of(mine.get());
    double compared = other == null ? number : number / metric.of(theirs.get());
    boolean met = atMost ? compared <= bound : compared >= bound;
    return verdict(
        plan,
        measured(mine.get(), theirs.get(), compared),
        Verdict.Outcome.of(met),
        met ? "" : limit(mine.get().usage(cores)));
  }

  private String limit(String usage) {
    return remark.isEmpty() ? usage : remark + "; " + usage;
  }

  private static Optional<Cell> find(List<Cell> cells, Peer peer, Plan plan, Load load) {
    return cells.stream()
        .filter(cell -> cell.peer().equals(peer) && cell.load().equals(load.within(plan)))
        .findFirst();
  }

  private Optional<Cell> find(List<Cell> cells, Peer peer, Plan plan) {
    return find(cells, peer, plan, load);
  }

  private String measured(Cell mine, Cell theirs, double compared) {
    String number = metric.print(metric.of(mine));
    if (other == null) {
      return number;
    }
    return String.format(
        Locale.ROOT, "%.2fx: %s to %s", compared, number, metric.print(metric.of(theirs)));
  }

  private Verdict verdict(Plan plan, String measured, Verdict.Outcome outcome, String limit) {
    String number = other == null ? metric.print(bound) : String.format(Locale.ROOT, "%sx", bound);
    String wanted = (atMost ? "at most " : "at least ") + number;
    return new Verdict(name, load.within(plan).label(), measured, wanted, outcome, limit);
  }
}

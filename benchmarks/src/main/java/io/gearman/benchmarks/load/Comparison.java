// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;

/**
 * Peers side by side, under one load after the other.
 *
 * @param about what is measured, for the reader
 * @param unit what a rate counts
 */
record Comparison(
    String name,
    String title,
    String about,
    String unit,
    List<Peer> peers,
    List<Load> loads,
    List<Target> targets)
    implements Scenario {

  /** With these peers only. */
  Comparison of(List<Peer> somePeers) {
    return new Comparison(name, title, about, unit, somePeers, loads, targets);
  }

  /** Under these loads only. */
  Comparison under(List<Load> someLoads) {
    return new Comparison(name, title, about, unit, peers, someLoads, targets);
  }

  @Override
  public List<Verdict> unmeasured(Plan plan, String reason) {
    return targets.stream().map(target -> target.unmeasured(plan, reason)).toList();
  }

  @Override
  public Section run(Bench bench) {
    try (SideBySide run = new SideBySide(this, bench)) {
      loads.stream().map(load -> load.within(bench.plan())).distinct().forEach(run::measure);
      List<Cell> cells = run.cells();
      int cores = Runtime.getRuntime().availableProcessors();
      return new Section(
          title,
          about,
          Tables.of(unit, cells) + Tables.skipped(run.skipped()),
          targets.stream().map(target -> target.judge(cells, bench.plan(), cores)).toList());
    }
  }
}

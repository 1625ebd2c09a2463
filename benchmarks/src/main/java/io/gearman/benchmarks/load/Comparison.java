// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;

/**
 * Peers side by side, under one load after the other.
 *
 * @param about what is measured, for the reader
 * @param unit what a rate counts
 * @param ethernet whether in segments of that, instead of those of the loopback device
 */
record Comparison(
    String name,
    String title,
    String about,
    String unit,
    List<Peer> peers,
    List<Load> loads,
    List<Target> targets,
    boolean ethernet)
    implements Scenario {

  Comparison(
      String name,
      String title,
      String about,
      String unit,
      List<Peer> peers,
      List<Load> loads,
      List<Target> targets) {
    this(name, title, about, unit, peers, loads, targets, false);
  }

  /** The same by an Ethernet. */
  Comparison byEthernet() {
    return new Comparison(name, title, about, unit, peers, loads, targets, true);
  }

  /** With these peers only. */
  Comparison of(List<Peer> somePeers) {
    return new Comparison(name, title, about, unit, somePeers, loads, targets, ethernet);
  }

  /** Under these loads only. */
  Comparison under(List<Load> someLoads) {
    return new Comparison(name, title, about, unit, peers, someLoads, targets, ethernet);
  }

  @Override
  public List<Verdict> unmeasured(Plan plan, String reason) {
    return targets.stream().map(target -> target.unmeasured(plan, reason)).toList();
  }

  @Override
  public Section run(Bench bench) {
    if (!ethernet) {
      return compare(bench);
    }
    try (Ethernet network = Ethernet.open(bench.tools())) {
      return compare(bench.within(network));
    } catch (LoadException e) {
      String reason = e.reason();
      return new Section(title, about, reason + "\n", unmeasured(bench.plan(), reason));
    }
  }

  private Section compare(Bench bench) {
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

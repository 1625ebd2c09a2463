// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A comparison under way. The runs of all peers take turns, so that what else the machine does hits
 * all of them. A peer that fails is out of a load, and tried again under the next.
 */
final class SideBySide implements AutoCloseable {

  private final Comparison comparison;
  private final Bench bench;
  private final List<Peer> peers = new ArrayList<>();
  private final Map<Peer, String> skipped = new LinkedHashMap<>();
  private final Map<Peer, Stack> stacks = new LinkedHashMap<>(); // servers that listen
  private final List<Cell> cells = new ArrayList<>();

  SideBySide(Comparison comparison, Bench bench) {
    this.comparison = comparison;
    this.bench = bench;
    for (Peer peer : comparison.peers()) {
      bench
          .tools()
          .missing(peer)
          .ifPresentOrElse(why -> skipped.put(peer, why), () -> peers.add(peer));
    }
  }

  /** Why peers were not measured. */
  Map<Peer, String> skipped() {
    return skipped;
  }

  List<Cell> cells() {
    return List.copyOf(cells);
  }

  void measure(Load load) {
    bench.say("%s: %s".formatted(comparison.name(), load.label()));
    List<Peer> running = new ArrayList<>(peers);
    attempt(running, load, stack -> stack.begin(load));
    for (int run = 0; run < bench.plan().runs(); run++) {
      attempt(running, load, Stack::run);
    }
    attempt(running, load, stack -> cells.add(stack.end()));
  }

  private void attempt(List<Peer> running, Load load, Consumer<Stack> action) {
    running.removeIf(peer -> !succeeds(peer, load, action));
  }

  private boolean succeeds(Peer peer, Load load, Consumer<Stack> action) {
    try {
      action.accept(stacks.computeIfAbsent(peer, absent -> new Stack(bench, peer, load)));
      return true;
    } catch (LoadException e) {
      bench.say("%s: %s: %s".formatted(comparison.name(), peer.name(), e.reason()));
      cells.add(Cell.failed(peer, load, e.reason()));
      Stack failed = stacks.remove(peer);
      if (failed != null) {
        failed.close();
      }
      return false;
    }
  }

  @Override
  public void close() {
    stacks.values().forEach(Stack::close);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The processes of one peer. The server stays while loads change; it is told of the first alone.
 */
final class Stack implements AutoCloseable {

  private static final String BACKLOG = "function=backlog";
  private static final int FILL_IN_FLIGHT = 1_000;

  private final Bench bench;
  private final Peer peer;
  private final int processes;
  private final Bench.Server server;
  private final List<Child> workers = new ArrayList<>();
  private final List<Child> clients = new ArrayList<>(); // one, while there is a load
  private final List<Measured> runs = new ArrayList<>();
  private final Map<Part, Double> cores = new EnumMap<>(Part.class);
  private Load load;
  private int queued;

  Stack(Bench bench, Peer peer, Load first) {
    this.bench = bench;
    this.peer = peer;
    this.load = first;
    this.processes = 2 + Math.min(1, peer.workers().size());
    this.server = bench.startServer(peer.server(), first.arguments(), processes);
  }

  /** Starts workers and the client, and warms all up. */
  void begin(Load next) {
    load = next;
    runs.clear();
    cores.clear();
    fill();
    for (Program worker : peer.workers()) {
      workers.add(start(worker, 1));
    }
    clients.add(start(peer.client(), processes - 1));
    drain(exercise(bench.plan().warmUp()));
  }

  private Child start(Program program, int index) {
    return bench.startReady(program, server.port(), load.arguments(), index, processes);
  }

  /** Submits jobs that nobody does, as many as lack. */
  private void fill() {
    if (load.queued() <= queued) {
      return;
    }
    Load filling = Load.background(FILL_IN_FLIGHT);
    List<String> arguments =
        new ArrayList<>((load.unique() ? filling.withUniqueIds() : filling).arguments());
    arguments.add(BACKLOG);
    try (Child filler =
        bench.startReady(Program.LOADER, server.port(), arguments, processes - 1, processes)) {
      filler.measure("jobs " + (load.queued() - queued), Plan.PATIENCE.multipliedBy(4));
    }
    queued = load.queued();
  }

  /** Measures once. */
  void run() {
    Map<Part, Duration> before = cpu();
    Measured measured = exercise(bench.plan().run());
    for (var entry : cpu().entrySet()) {
      Duration used = entry.getValue().minus(before.getOrDefault(entry.getKey(), Duration.ZERO));
      double share = used.toNanos() / (double) measured.nanos() / bench.plan().runs();
      cores.merge(entry.getKey(), share, Double::sum);
    }
    runs.add(measured);
    drain(measured);
  }

  private Measured exercise(Duration time) {
    Child client = clients.get(0);
    if (load.kind() == Load.Kind.BACKGROUND) {
      int most = bench.plan().submissions();
      return client.measure(
          "jobs %d %d".formatted(most, time.toMillis()), Plan.PATIENCE.plus(time));
    }
    return client.measure("run " + time.toMillis(), Plan.PATIENCE.plus(time));
  }

  /** Has done what was submitted in the background. */
  private void drain(Measured submitted) {
    if (load.kind() == Load.Kind.BACKGROUND) {
      clients.get(0).measure("drain " + submitted.jobs(), Plan.PATIENCE);
    }
  }

  private Map<Part, Duration> cpu() {
    Map<Part, Duration> used = new EnumMap<>(Part.class);
    used.put(Part.SERVER, server.child().cpu());
    workers.forEach(worker -> used.merge(Part.WORKER, worker.cpu(), Duration::plus));
    clients.forEach(client -> used.put(Part.CLIENT, client.cpu()));
    return used;
  }

  /** Ends all but the server and returns what was measured. */
  Cell end() {
    clients.forEach(Child::close);
    clients.clear();
    workers.forEach(Child::close);
    workers.clear();
    return new Cell(peer, load, List.copyOf(runs), Map.copyOf(cores), "");
  }

  @Override
  public void close() {
    end();
    server.close();
  }
}

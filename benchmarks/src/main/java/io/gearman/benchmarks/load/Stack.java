// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processes of one peer. The server stays while loads change; it is told of the first alone.
 */
final class Stack implements AutoCloseable {

  private static final String OTHER_FUNCTION = "function=backlog";
  private static final int FILL_IN_FLIGHT = 1_000;
  private static final int STAYING = 3; // batches that join a queue of many, in each run

  private final Bench bench;
  private final Peer peer;
  private final int processes;
  private final Bench.Server server;
  private final List<Child> workers = new ArrayList<>();
  private final List<Child> clients = new ArrayList<>(); // one, while there is a load
  private final List<Measured> runs = new ArrayList<>();
  private Load load;
  private int queued;

  Stack(Bench bench, Peer peer, Load first) {
    this.bench = bench;
    this.peer = peer;
    this.load = first;
    this.processes = 2 + Math.min(1, peer.workers().size());
    this.server = bench.startServer(peer.server(), first.arguments(), processes);
  }

  /** Starts workers and the client, warms all up, and submits what is to be queued. */
  void begin(Load next) {
    load = next;
    runs.clear();
    for (Program worker : peer.workers()) {
      workers.add(start(worker, 1));
    }
    clients.add(start(peer.client(), processes - 1));
    measure(bench.plan().warmUp());
    fill();
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
    if (!load.joinsQueue()) {
      arguments.add(OTHER_FUNCTION);
    }
    try (Child filler =
        bench.startReady(Program.LOADER, server.port(), arguments, processes - 1, processes)) {
      filler.measure("jobs " + (load.queued() - queued), Plan.FILLING);
    }
    queued = load.queued();
  }

  /** Measures once. */
  void run() {
    runs.add(measure(bench.plan().run()));
  }

  /** In the background by batches, so that the queue stays empty or grows by some of them. */
  private Measured measure(Duration time) {
    Measured all = exercise(time);
    if (drains()) {
      while (all.nanos() < time.toNanos()) {
        all = all.plus(exercise(time.minusNanos(all.nanos())));
      }
    } else if (load.isBackground()) {
      for (int batch = 1; batch < STAYING; batch++) {
        all = all.plus(exercise(time));
      }
    }
    return all;
  }

  /** A queue of many is left as it is, since gearmand would take minutes. */
  private boolean drains() {
    return load.isBackground() && queued == 0;
  }

  /** What was submitted in the background is done afterwards, which is not measured. */
  private Measured exercise(Duration time) {
    long millis = Math.max(1, time.toMillis());
    String command =
        load.isBackground()
            ? "jobs %d %d".formatted(bench.plan().submissions(), millis)
            : "run " + millis;
    Map<Part, Duration> before = cpu();
    Measured measured = ask(command, Plan.PATIENCE.plus(time));
    Map<Part, Duration> used = cpu();
    used.replaceAll((part, total) -> total.minus(before.getOrDefault(part, Duration.ZERO)));
    if (drains()) {
      ask("drain " + measured.jobs(), Plan.PATIENCE);
    }
    return measured.withCpu(used);
  }

  /** The client waits in vain if it is another one that has ended. */
  private Measured ask(String command, Duration patience) {
    try {
      return clients.get(0).measure(command, patience);
    } catch (LoadException e) {
      throw Stream.concat(Stream.of(server.child()), workers.stream())
          .filter(child -> !child.isAlive())
          .findFirst()
          .map(Child::ended)
          .orElse(e);
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
    return new Cell(peer, load, List.copyOf(runs), "");
  }

  @Override
  public void close() {
    end();
    server.close();
  }
}

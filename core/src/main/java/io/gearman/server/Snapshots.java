// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at functions and workers for a {@link ServerSnapshot}. */
final class Snapshots {

  /** How long a job may wait, and a worker that could take it be silent, before it is a fault. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Clock clock;
  private final Functions functions;
  private final Collection<Peer> peers;

  Snapshots(Clock clock, Functions functions, Collection<Peer> peers) {
    this.clock = clock;
    this.functions = functions;
    this.peers = peers;
  }

  List<ServerSnapshot.Function> functions() {
    Map<FunctionQueue, Integer> busy = new HashMap<>();
    for (Peer peer : peers) {
      if (!peer.owned.isEmpty()) {
        peer.abilities.functions().forEach(function -> busy.merge(function, 1, Integer::sum));
      }
    }
    return functions.all().stream()
        .map(function -> function(function, busy.getOrDefault(function, 0)))
        .toList();
  }

  private ServerSnapshot.Function function(FunctionQueue function, int busy) {
    Map<Priority, ServerSnapshot.Queue> queues = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      queues.put(
          priority,
          new ServerSnapshot.Queue(function.queued(priority), oldest(function, priority)));
    }
    Tally tally = function.tally;
    return new ServerSnapshot.Function(
        function.text(),
        queues,
        function.delayed,
        function.running,
        function.workers,
        busy,
        tally.submitted,
        tally.joined,
        tally.restarted,
        tally.ended());
  }

  private Duration oldest(FunctionQueue function, Priority priority) {
    Job first = function.first(priority);
    return first == null ? Duration.ZERO : since(first.since);
  }

  private Duration oldest(FunctionQueue function) {
    Duration oldest = Duration.ZERO;
    for (Priority priority : Priority.values()) {
      Duration wait = oldest(function, priority);
      oldest = wait.compareTo(oldest) > 0 ? wait : oldest;
    }
    return oldest;
  }

  List<ServerSnapshot.Worker> workers() {
    return peers.stream().filter(peer -> peer.abilities.count() > 0).map(this::worker).toList();
  }

  private ServerSnapshot.Worker worker(Peer peer) {
    return new ServerSnapshot.Worker(
        peer.number,
        peer.address(),
        peer.clientId(),
        peer.abilities.count(),
        peer.owned.size(),
        since(peer.heard));
  }

  /** One for each worker that hangs is enough. */
  List<ServerSnapshot.Standstill> standstills() {
    Map<FunctionQueue, Duration> waiting = new HashMap<>();
    for (FunctionQueue function : functions.all()) {
      Duration oldest = oldest(function);
      if (oldest.compareTo(PATIENCE) >= 0) {
        waiting.put(function, oldest);
      }
    }
    return waiting.isEmpty()
        ? List.of()
        : peers.stream()
            .filter(peer -> peer.owned.isEmpty() && since(peer.heard).compareTo(PATIENCE) >= 0)
            .flatMap(peer -> standstill(peer, waiting).stream())
            .toList();
  }

  private Optional<ServerSnapshot.Standstill> standstill(
      Peer idle, Map<FunctionQueue, Duration> waiting) {
    for (FunctionQueue function : idle.abilities.functions()) {
      Duration waited = waiting.get(function);
      if (waited != null) {
        return Optional.of(new ServerSnapshot.Standstill(function.text(), worker(idle), waited));
      }
    }
    return Optional.empty();
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(clock.nanos() - nanos);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.util.Objects.requireNonNull;

import io.gearman.Priority;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One function: its waiting jobs in the order of service, its live jobs by unique id, and the
 * workers that know it.
 */
final class FunctionQueue {

  final byte[] name;
  final Set<Peer> workers = new LinkedHashSet<>();
  final Set<Peer> sleepers = new LinkedHashSet<>(); // workers to wake when a job comes
  final Set<Peer> keepers =
      new LinkedHashSet<>(); // workers with kept grabs, the next in turn first
  int running;

  private final Map<Priority, Chain<Job>> queues = new EnumMap<>(Priority.class);
  private final Map<ByteKey, Job> byKey = new HashMap<>();

  FunctionQueue(byte[] name) {
    this.name = name;
    for (Priority priority : Priority.values()) {
      queues.put(priority, new Chain<>());
    }
  }

  Chain<Job> queue(Priority priority) {
    return requireNonNull(queues.get(priority));
  }

  int queued() {
    int queued = 0;
    for (Chain<Job> queue : queues.values()) { // no stream: this is asked with every job
      queued += queue.size();
    }
    return queued;
  }

  void wakeSleepers() {
    while (!sleepers.isEmpty()) {
      sleepers.iterator().next().wake(); // which takes it out of the set
    }
  }

  /** Uses one kept grab of the connection whose turn it is; null if none is kept. */
  @Nullable Peer nextKeeper() {
    if (keepers.isEmpty()) {
      return null;
    }
    Peer keeper = keepers.iterator().next();
    keepers.remove(keeper);
    if (keeper.useKeptGrab()) {
      keepers.add(keeper);
    }
    return keeper;
  }

  /** The live job, queued or running, that a submission with this key joins. */
  @Nullable Job find(@Nullable ByteKey key) {
    return key == null ? null : byKey.get(key);
  }

  void index(Job job) {
    if (job.key != null) {
      byKey.put(job.key, job);
    }
  }

  void unindex(Job job) {
    if (job.key != null) {
      byKey.remove(job.key, job);
    }
  }
}

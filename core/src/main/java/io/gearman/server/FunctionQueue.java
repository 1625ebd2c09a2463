// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.Priority;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One function: its waiting jobs in the order of service, its live jobs by unique id, and the
 * workers that wait for its jobs.
 */
final class FunctionQueue {

  final byte[] name;
  int workers;
  int running;
  int delayed; // jobs that are not due yet
  private int queued; // in all queues
  final Chain<Ability.Place> sleepers = new Chain<>(); // workers to wake when a job comes
  final Chain<Ability.Place> keepers = new Chain<>(); // workers with kept grabs, in turn
  boolean countsAsIdle; // in the list of functions that may go
  final Tally tally = new Tally();

  private final JobQueue high;
  private final JobQueue normal;
  private final JobQueue low;
  private Map<Priority, Integer> limits = Map.of(); // those that are set
  private final Map<ByteKey, Job> byKey = new HashMap<>();
  private @Nullable String text; // the name, where somebody wanted to read it

  FunctionQueue(byte[] name, Ready ready) {
    this.name = name;
    this.high = new JobQueue(this, ready.line(Priority.HIGH));
    this.normal = new JobQueue(this, ready.line(Priority.NORMAL));
    this.low = new JobQueue(this, ready.line(Priority.LOW));
  }

  /** The name for people to read: as UTF-8, with what is none of it replaced. */
  String text() {
    String known = text;
    if (known == null) {
      known = new String(name, UTF_8);
      text = known;
    }
    return known;
  }

  // ---- jobs

  private JobQueue queue(Priority priority) {
    return switch (priority) {
      case HIGH -> high;
      case NORMAL -> normal;
      case LOW -> low;
    };
  }

  void enqueue(Job job) {
    queue(job.priority).add(job);
    queued++;
  }

  /** Takes a job out of its queue, wherever it stands; nothing happens if it is not queued. */
  void dequeue(Job job) {
    assert job.owner == null : "a running job is in the chain of its owner";
    if (job.chain != null) {
      queue(job.priority).remove(job);
      queued--;
    }
  }

  @Nullable Job poll(Priority priority) {
    Job job = queue(priority).poll();
    queued -= job == null ? 0 : 1;
    return job;
  }

  boolean hasQueued(Priority priority) {
    return !queue(priority).isEmpty();
  }

  boolean hasQueued() {
    return queued > 0;
  }

  /** The next to be served of this priority, which waits for longest; null without any. */
  @Nullable Job first(Priority priority) {
    return queue(priority).first();
  }

  /** Jobs of this priority in their queue. */
  int queued(Priority priority) {
    return queue(priority).size();
  }

  /** Jobs of this priority that wait; those not due yet are of normal priority. */
  int waiting(Priority priority) {
    return queued(priority) + (priority == Priority.NORMAL ? delayed : 0);
  }

  /** Jobs that have not ended. */
  int total() {
    return running + delayed + queued;
  }

  /** True if nothing would be lost with this function. */
  boolean isIdle() {
    return workers == 0 && total() == 0 && limits.isEmpty();
  }

  /**
   * How many jobs of this function, of any priority, there may be when one more of a priority
   * comes.
   *
   * @param jobs 1 or more each; there is no limit where none is given
   */
  void limit(Map<Priority, Integer> jobs) {
    limits = Map.copyOf(jobs);
  }

  boolean isFull(Priority priority) {
    Integer limit = limits.get(priority);
    return limit != null && total() >= limit;
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

  // ---- workers that wait for a job

  void addWaiting(Ability.Place place, Abilities.Waiting how) {
    (how == Abilities.Waiting.ASLEEP ? sleepers : keepers).addLast(place);
  }

  /**
   * Wakes sleeping workers in turn: who was met here goes to the end when it sleeps again.
   *
   * @param limit how many at most, or 0 for all
   */
  void wakeSleepers(int limit) {
    int woken = 0;
    while (limit == 0 || woken < limit) {
      Ability.Place place = sleepers.pollFirst();
      if (place == null) {
        return;
      }
      if (place.ability.worker.wake(place)) {
        woken++;
      }
    }
  }

  /** Uses one kept grab of the connection whose turn it is; null if none is kept. */
  @Nullable Abilities nextKeeper() {
    for (Ability.Place place = keepers.pollFirst(); place != null; place = keepers.pollFirst()) {
      Abilities worker = place.ability.worker;
      if (worker.useKeptGrab(place)) {
        return worker;
      }
    }
    return null;
  }
}

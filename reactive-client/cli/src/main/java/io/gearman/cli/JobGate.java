// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import io.gearman.worker.Job;
import io.gearman.worker.JobFunction;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Lets jobs begin until there were enough of them. A job that comes later waits: it begins in place
 * of one that does not count after all, or goes back to the server when the connection is closed.
 *
 * <p>Jobs begin on an event loop and end anywhere: hence the lock.
 */
final class JobGate implements JobFunction {

  /** What hears of the gate. */
  interface Listener {

    /** As many jobs have begun as may begin. */
    void full();

    /** All of these have ended, and others wait that do not begin. */
    void left();
  }

  private final JobFunction function;
  private final Listener listener;
  private final long most;

  private long begun; // without those that were cancelled or lost with the connection
  private long running;
  private boolean failed;
  private final Set<Sinks.Empty<Void>> waiting = new LinkedHashSet<>();

  /**
   * @param most jobs that may begin; 0 for any number
   */
  JobGate(JobFunction function, int most, Listener listener) {
    this.function = function;
    this.most = most == 0 ? Long.MAX_VALUE : most;
    this.listener = listener;
  }

  @Override
  public Publisher<JobUpdate> apply(Job job) {
    return Flux.defer(
        () -> {
          Sinks.Empty<Void> turn = Sinks.empty();
          return begin(turn)
              ? run(job)
              : turn.asMono().thenMany(apply(job)).doOnCancel(() -> forget(turn));
        });
  }

  private Flux<JobUpdate> run(Job job) {
    AtomicBoolean done = new AtomicBoolean(); // a job may end there while it is cancelled here
    AtomicBoolean cancelled = new AtomicBoolean(); // and fails then because of that
    return Flux.from(function.apply(job))
        .doOnNext(update -> done.compareAndSet(false, update instanceof JobEvent.Completed))
        .doOnComplete(() -> done.set(true))
        .doOnError(
            failure -> {
              if (!cancelled.get()) {
                done.set(true);
                failed();
              }
            })
        .doOnCancel(() -> cancelled.set(true))
        .doFinally(end -> ended(done.get()));
  }

  /** Whether a job has failed. */
  synchronized boolean hasFailed() {
    return failed;
  }

  synchronized long running() {
    return running;
  }

  /** Whether further jobs may begin. */
  synchronized boolean isOpen() {
    return begun < most;
  }

  /** Whether it begins; it waits for its turn if not. */
  private boolean begin(Sinks.Empty<Void> turn) {
    boolean begins;
    boolean last;
    synchronized (this) {
      begins = isOpen();
      if (begins) {
        begun++;
        running++;
        last = !isOpen();
      } else {
        waiting.add(turn);
        last = running == 0;
      }
    }
    if (last && begins) {
      listener.full();
    } else if (last) {
      listener.left();
    }
    return begins;
  }

  private synchronized void forget(Sinks.Empty<Void> turn) {
    waiting.remove(turn);
  }

  private synchronized void failed() {
    failed = true;
  }

  private void ended(boolean counts) {
    List<Sinks.Empty<Void>> turns = List.of();
    boolean left;
    synchronized (this) {
      running--;
      if (!counts) {
        begun--;
        turns = List.copyOf(waiting); // one of them is the first, and the others wait again
        waiting.clear();
      }
      left = running == 0 && !isOpen() && !waiting.isEmpty();
    }
    turns.forEach(Sinks.Empty::tryEmitEmpty);
    if (left) {
      listener.left();
    }
  }
}

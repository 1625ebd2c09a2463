// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import io.gearman.worker.Job;
import io.gearman.worker.JobFunction;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * Lets jobs begin until there were enough of them. A job that comes later does not begin; it goes
 * back to the server when the connection is closed.
 *
 * <p>Jobs begin on an event loop and end anywhere: hence the lock.
 */
final class JobGate implements JobFunction {

  /** What hears of the gate. */
  interface Listener {

    /** As many jobs have begun as may begin. */
    void full();

    /** And all of these have ended. */
    void done();
  }

  private final JobFunction function;
  private final Listener listener;
  private final long most;

  private long begun; // without those that were cancelled or lost with the connection
  private long running;
  private boolean failed;

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
    return Flux.defer(() -> begin() ? run(job) : Flux.never());
  }

  private Flux<JobUpdate> run(Job job) {
    AtomicBoolean done = new AtomicBoolean(); // a job may end there while it is cancelled here
    return Flux.from(function.apply(job))
        .doOnNext(update -> done.compareAndSet(false, update instanceof JobEvent.Completed))
        .doOnComplete(() -> done.set(true))
        .doOnError(
            failure -> {
              done.set(true);
              failed();
            })
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

  private boolean begin() {
    boolean full;
    synchronized (this) {
      if (!isOpen()) {
        return false;
      }
      begun++;
      running++;
      full = !isOpen();
    }
    if (full) {
      listener.full();
    }
    return true;
  }

  private synchronized void failed() {
    failed = true;
  }

  private void ended(boolean counts) {
    boolean done;
    synchronized (this) {
      running--;
      begun -= counts ? 0 : 1;
      done = running == 0 && !isOpen();
    }
    if (done) {
      listener.done();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobHandle;
import io.gearman.JobLostException;
import io.gearman.JobStatus;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks a plain server, a few questions at a time, for the jobs with unique ids of which nothing was
 * heard for a while: gearmand may have discarded one without a word, if it was joined just after
 * whoever had submitted it was lost. The answer comes after whatever the server says of the job.
 *
 * <p>Confined to the event loop of the connection, hence the plain fields.
 */
final class Inquiries {

  private static final int AT_ONCE = 16;

  private final Duration period;
  private final EventExecutor executor;
  private final Function<JobHandle, Mono<JobStatus>> status;
  private final LiveJobs jobs;
  private final Disposable.Swap timer = Disposables.swap();
  private boolean begun;

  Inquiries(
      Duration period,
      EventExecutor executor,
      Function<JobHandle, Mono<JobStatus>> status,
      LiveJobs jobs) {
    this.period = period;
    this.executor = executor;
    this.status = status;
    this.jobs = jobs;
  }

  /** There is a job to ask for. */
  void begin() {
    if (!begun) {
      begun = true;
      timer.update(
          Mono.delay(period).subscribe(over -> executor.execute(this::look), loopHasEnded -> {}));
    }
  }

  /** The connection is lost. */
  void stop() {
    timer.dispose();
  }

  private void look() {
    Flux.fromIterable(jobs.unheard())
        .flatMap(this::ask, AT_ONCE)
        .subscribe(none -> {}, failure -> {}, this::again);
  }

  private Mono<Void> ask(SharedJob job) {
    return status
        .apply(job.handle())
        .doOnNext(
            answer -> {
              if (!answer.known()) {
                jobs.lost(job, new JobLostException(job.handle()));
              }
            })
        .onErrorComplete()
        .then();
  }

  private void again() {
    begun = false;
    if (jobs.hasUnique()) {
      begin();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Ends a job that brings nothing for too long, unless it is its subscriber who takes nothing.
 * Confined to the event loop of the session, hence the plain fields.
 */
final class IdleWatch {

  private final Duration limit;
  private final JobSubscription job;
  private Disposable timer = Disposables.disposed();
  private long heard;
  private boolean timed; // the timer runs; it is not set anew with each event

  IdleWatch(Duration limit, JobSubscription job) {
    this.limit = limit;
    this.job = job;
  }

  /** Something has come. */
  void heard() {
    heard = now();
    if (!timed) {
      timed = true;
      watch(limit.toMillis());
    }
  }

  /** The job has ended. */
  void stop() {
    timer.dispose();
  }

  private void watch(long millis) {
    timer =
        Mono.delay(Duration.ofMillis(millis))
            .subscribe(over -> job.execute(this::look), loopHasEnded -> {});
  }

  private void look() {
    if (job.isOver()) {
      return;
    }
    if (job.hasWaiting()) {
      heard = now();
    }
    long left = heard + limit.toMillis() - now();
    if (left > 0) {
      watch(left);
    } else {
      job.timedOut(limit);
    }
  }

  private static long now() {
    return Schedulers.parallel().now(TimeUnit.MILLISECONDS);
  }
}

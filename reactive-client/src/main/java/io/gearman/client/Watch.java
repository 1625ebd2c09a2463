// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobStatus;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Asks how a job stands, again and again. */
final class Watch {

  private static final int MORE_ATTEMPTS = 2;

  private Watch() {}

  /**
   * The answers to a question until one says that the job is gone.
   *
   * @param question each subscription of it is one
   */
  static Flux<JobStatus> of(Mono<JobStatus> question, Duration period) {
    Mono<JobStatus> patient =
        question.retryWhen(
            Retry.max(MORE_ATTEMPTS)
                .filter(Watch::isLost)
                .onRetryExhaustedThrow((retries, last) -> last.failure()));
    return Flux.interval(Duration.ZERO, period)
        .onBackpressureLatest()
        .concatMap(tick -> onDemand(patient), 0)
        .takeUntil(status -> !status.known());
  }

  /**
   * Asks when the answer is wanted, not already when the one before has come. Hidden, since the one
   * element of a {@code just} is mapped without demand.
   */
  private static Flux<JobStatus> onDemand(Mono<JobStatus> question) {
    return Flux.just(question).hide().concatMap(Function.identity(), 0);
  }

  private static boolean isLost(Throwable failure) {
    return failure instanceof ConnectionException lost && lost.phase() == Phase.UNANSWERED;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.worker.Job;
import io.gearman.worker.JobFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.publisher.TestPublisher.Violation;

class JobGateTest {

  private static final Job JOB = new Job(new JobHandle("h:1", "H:1"), "f", "", "", new byte[0]);
  private static final JobUpdate RESULT = new JobEvent.Completed(new byte[0]);

  private final List<Sinks.Many<JobUpdate>> jobs = new ArrayList<>();
  private int full;
  private int left;

  private JobGate gate(int most) {
    return gate(
        most,
        job -> {
          jobs.add(Sinks.many().unicast().onBackpressureBuffer());
          return jobs.get(jobs.size() - 1).asFlux();
        });
  }

  private JobGate gate(int most, JobFunction function) {
    return new JobGate(
        function,
        most,
        new JobGate.Listener() {
          @Override
          public void full() {
            full++;
          }

          @Override
          public void left() {
            left++;
          }
        });
  }

  private StepVerifier.FirstStep<JobUpdate> run(JobGate gate) {
    return StepVerifier.create(gate.apply(JOB));
  }

  private static Disposable begin(JobGate gate) {
    return Flux.from(gate.apply(JOB)).subscribe();
  }

  @Test
  void whatComesAfterEnoughJobsDoesNotBegin() {
    JobGate gate = gate(1);
    run(gate).then(() -> jobs.get(0).tryEmitComplete()).verifyComplete();
    assertThat(left).isZero();
    run(gate).expectSubscription().thenCancel().verify();

    assertThat(jobs).hasSize(1);
    assertThat(left).isEqualTo(1);
  }

  @Test
  void whatCameMeanwhileIsLeftWhenTheOthersHaveEnded() {
    JobGate gate = gate(1);
    run(gate)
        .then(() -> begin(gate))
        .then(() -> assertThat(left).isZero())
        .then(() -> jobs.get(0).tryEmitComplete())
        .verifyComplete();

    assertThat(jobs).hasSize(1);
    assertThat(left).isEqualTo(1);
  }

  /** Nobody else could run it: the worker has it, and takes no more. */
  @Test
  void whatCameMeanwhileBeginsInPlaceOfAJobThatDoesNotCount() {
    JobGate gate = gate(2);
    Disposable first = begin(gate);
    begin(gate);
    run(gate)
        .then(() -> begin(gate))
        .then(first::dispose)
        .then(() -> assertThat(jobs).hasSize(3))
        .then(() -> jobs.get(2).tryEmitComplete())
        .verifyComplete();
    assertThat(gate.isOpen()).isFalse();
    assertThat(left).isZero();
    jobs.get(1).tryEmitComplete();
    assertThat(left).isEqualTo(1);
  }

  @Test
  void aJobThatTheConnectionTookAlongDoesNotCount() {
    JobGate gate = gate(1);
    run(gate).expectSubscription().thenCancel().verify();
    assertThat(left).isZero();

    run(gate).then(() -> jobs.get(1).tryEmitComplete()).verifyComplete();
    assertThat(gate.isOpen()).isFalse();
  }

  /** A worker cancels the publisher when it has the result. */
  @Test
  void aJobIsDoneWithItsResult() {
    JobGate gate = gate(1);
    run(gate).then(() -> jobs.get(0).tryEmitNext(RESULT)).expectNext(RESULT).thenCancel().verify();

    assertThat(gate.isOpen()).isFalse();
  }

  @Test
  void aFailedJobIsDoneAndRemembered() {
    JobGate gate = gate(2);
    assertThat(gate.hasFailed()).isFalse();
    run(gate)
        .then(() -> jobs.get(0).tryEmitError(new JobFailedException(JOB.handle())))
        .verifyError(JobFailedException.class);

    assertThat(gate.hasFailed()).isTrue();
    assertThat(left).isZero();
  }

  /** A command that is killed, say. */
  @Test
  void aJobThatFailsBecauseItIsCancelledHasNotFailed() {
    TestPublisher<JobUpdate> job = TestPublisher.createNoncompliant(Violation.CLEANUP_ON_TERMINATE);
    JobGate gate = gate(0, its -> job);
    AtomicReference<Throwable> heard = new AtomicReference<>();
    gate.apply(JOB)
        .subscribe(
            new CoreSubscriber<>() {
              @Override
              public void onSubscribe(Subscription subscription) {
                subscription.cancel();
              }

              @Override
              public void onNext(JobUpdate update) {}

              @Override
              public void onError(Throwable failure) {
                heard.set(failure);
              }

              @Override
              public void onComplete() {}
            });
    job.error(new JobFailedException(JOB.handle()));

    assertThat(heard).hasValueMatching(JobFailedException.class::isInstance);
    assertThat(gate.hasFailed()).isFalse();
  }

  @Test
  void aFullGateIsNotDoneBeforeThoseWithinAre() {
    JobGate gate = gate(2);
    run(gate).then(() -> jobs.get(0).tryEmitComplete()).verifyComplete();
    assertThat(full).isZero();
    assertThat(gate.isOpen()).isTrue();

    run(gate)
        .then(() -> assertThat(full).isEqualTo(1))
        .then(() -> assertThat(gate.isOpen()).isFalse())
        .then(() -> assertThat(gate.running()).isEqualTo(1))
        .then(() -> assertThat(left).isZero())
        .then(() -> jobs.get(1).tryEmitComplete())
        .verifyComplete();
    assertThat(full).isEqualTo(1);
  }

  @Test
  void aGateForAnyNumberIsNeverFull() {
    JobGate gate = gate(0);
    run(gate).then(() -> jobs.get(0).tryEmitComplete()).verifyComplete();

    assertThat(gate.isOpen()).isTrue();
    assertThat(full + left).isZero();
  }
}

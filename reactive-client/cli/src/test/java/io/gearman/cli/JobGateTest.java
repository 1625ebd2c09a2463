// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.worker.Job;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class JobGateTest {

  private static final Job JOB = new Job(new JobHandle("h:1", "H:1"), "f", "", "", new byte[0]);
  private static final JobUpdate RESULT = new JobEvent.Completed(new byte[0]);

  private final List<Sinks.Many<JobUpdate>> jobs = new ArrayList<>();
  private int full;
  private int idle;

  private JobGate gate(int most) {
    return new JobGate(
        job -> {
          jobs.add(Sinks.many().unicast().onBackpressureBuffer());
          return jobs.get(jobs.size() - 1).asFlux();
        },
        most,
        new JobGate.Listener() {
          @Override
          public void full() {
            full++;
          }

          @Override
          public void done() {
            idle++;
          }
        });
  }

  private StepVerifier.FirstStep<JobUpdate> run(JobGate gate) {
    return StepVerifier.create(gate.apply(JOB));
  }

  @Test
  void whatComesAfterEnoughJobsDoesNotBegin() {
    JobGate gate = gate(1);
    run(gate).then(() -> jobs.get(0).tryEmitComplete()).verifyComplete();
    run(gate).expectSubscription().thenCancel().verify();

    assertThat(jobs).hasSize(1);
    assertThat(idle).isEqualTo(1);
  }

  @Test
  void aJobThatTheConnectionTookAlongDoesNotCount() {
    JobGate gate = gate(1);
    run(gate).expectSubscription().thenCancel().verify();
    assertThat(idle).isZero();

    run(gate).then(() -> jobs.get(1).tryEmitComplete()).verifyComplete();
    assertThat(idle).isEqualTo(1);
  }

  /** A worker cancels the publisher when it has the result. */
  @Test
  void aJobIsDoneWithItsResult() {
    JobGate gate = gate(1);
    run(gate).then(() -> jobs.get(0).tryEmitNext(RESULT)).expectNext(RESULT).thenCancel().verify();

    assertThat(idle).isEqualTo(1);
  }

  @Test
  void aFailedJobIsDoneAndRemembered() {
    JobGate gate = gate(2);
    assertThat(gate.hasFailed()).isFalse();
    run(gate)
        .then(() -> jobs.get(0).tryEmitError(new JobFailedException(JOB.handle())))
        .verifyError(JobFailedException.class);

    assertThat(gate.hasFailed()).isTrue();
    assertThat(idle).isZero();
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
        .then(() -> assertThat(idle).isZero())
        .then(() -> jobs.get(1).tryEmitComplete())
        .verifyComplete();
    assertThat(idle).isEqualTo(1);
    assertThat(full).isEqualTo(1);
  }

  @Test
  void aGateForAnyNumberIsNeverFull() {
    JobGate gate = gate(0);
    run(gate).then(() -> jobs.get(0).tryEmitComplete()).verifyComplete();

    assertThat(gate.isOpen()).isTrue();
    assertThat(full + idle).isZero();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** Jobs that bring nothing for too long. */
class JobLimitsTest extends SessionFixture {

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();

  @AfterEach
  void resetTime() {
    VirtualTimeScheduler.reset();
  }

  private TestSubscriber<JobEvent> running(long demand) {
    TestSubscriber<JobEvent> job = submit(JOB.withIdleLimit(IDLE), demand);
    connection.receive(JOB_CREATED, HANDLE);
    return job;
  }

  @Test
  void aJobThatBringsNothingForTheIdleLimitFails() {
    TestSubscriber<JobEvent> job = running(Long.MAX_VALUE);
    time.advanceTimeBy(IDLE.minusMillis(1));
    assertThat(job.isTerminated()).isFalse();
    time.advanceTimeBy(Duration.ofMillis(1));
    assertThat(job.expectTerminalError())
        .isInstanceOfSatisfying(
            JobTimeoutException.class,
            failure -> {
              assertThat(failure.limit()).isEqualTo(JobTimeoutException.Limit.IDLE);
              assertThat(failure.duration()).isEqualTo(IDLE);
              assertThat(failure.handle()).isEqualTo(handle(HANDLE));
            });
  }

  @Test
  void eachEventCountsAnew() {
    TestSubscriber<JobEvent> job = running(Long.MAX_VALUE);
    for (int i = 0; i < 5; i++) {
      time.advanceTimeBy(IDLE.minusMillis(1));
      connection.receive(WORK_DATA, HANDLE, "part");
    }
    assertThat(job.isTerminated()).isFalse();
    time.advanceTimeBy(IDLE);
    assertThat(job.expectTerminalError()).isInstanceOf(JobTimeoutException.class);
  }

  @Test
  void aSubscriberThatTakesNothingIsNotTheJobsFault() {
    TestSubscriber<JobEvent> job = running(1);
    connection.receive(WORK_DATA, HANDLE, "part");
    time.advanceTimeBy(IDLE.multipliedBy(5));
    job.request(1);
    assertThat(job.getReceivedOnNext()).hasSize(2);
    assertThat(job.isTerminated()).isFalse();
  }

  @Test
  void aJobHasAllItsTimeFromWhenAllWasTaken() {
    TestSubscriber<JobEvent> job = running(1);
    connection.receive(WORK_DATA, HANDLE, "part");
    time.advanceTimeBy(IDLE.multipliedBy(2).minusMillis(1));
    job.request(2);
    time.advanceTimeBy(IDLE.minusMillis(1));
    assertThat(job.isTerminated()).isFalse();
    time.advanceTimeBy(Duration.ofMillis(1));
    assertThat(job.expectTerminalError()).isInstanceOf(JobTimeoutException.class);
  }

  @Test
  void aJobThatFailsThatWayIsCancelled() {
    agreeOnFlow();
    running(Long.MAX_VALUE);
    connection.written();
    time.advanceTimeBy(IDLE);
    assertThat(connection.written()).containsExactly(request(WORK_CANCEL, HANDLE));
  }

  @Test
  void aJobThatHasEndedIsLeftAlone() {
    TestSubscriber<JobEvent> job = running(Long.MAX_VALUE);
    connection.receive(WORK_COMPLETE, HANDLE, "");
    time.advanceTimeBy(IDLE.multipliedBy(2));
    assertThat(job.isTerminatedComplete()).isTrue();
    assertThat(job.getProtocolErrors()).isEmpty();
  }

  @Test
  void timeBeforeTheAnswerDoesNotCount() {
    TestSubscriber<JobEvent> job = submit(JOB.withIdleLimit(IDLE));
    time.advanceTimeBy(IDLE.plusSeconds(5));
    assertThat(job.isTerminated()).isFalse();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.GET_STATUS;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.STATUS_RES;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobLostException;
import io.gearman.Retryable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** Jobs that a plain server may have discarded without a word. */
class InquiriesTest extends SessionFixture {

  private static final JobRequest UNIQUE = JOB.withUnique(UniqueId.of("id"));

  private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();

  @AfterEach
  void resetTime() {
    VirtualTimeScheduler.reset();
  }

  private TestSubscriber<JobEvent> running(JobRequest request) {
    TestSubscriber<JobEvent> job = submit(request);
    connection.receive(JOB_CREATED, HANDLE);
    connection.written();
    return job;
  }

  /** The first look sees that it was just accepted. */
  private void letTwoPeriodsPass() {
    time.advanceTimeBy(ACCEPT_LIMIT.multipliedBy(2));
  }

  @Test
  void aJobThatTheServerHasForgottenFails() {
    TestSubscriber<JobEvent> job = running(UNIQUE);
    letTwoPeriodsPass();
    assertThat(connection.written()).containsExactly(request(GET_STATUS, HANDLE));
    connection.receive(STATUS_RES, HANDLE, "0", "0", "0", "0");
    assertThat(job.expectTerminalError())
        .isInstanceOf(Retryable.class)
        .isInstanceOfSatisfying(
            JobLostException.class, lost -> assertThat(lost.handle()).isEqualTo(handle(HANDLE)));
  }

  @Test
  void allWhoShareItFail() {
    TestSubscriber<JobEvent> one = running(UNIQUE);
    TestSubscriber<JobEvent> other = running(UNIQUE);
    letTwoPeriodsPass();
    connection.receive(STATUS_RES, HANDLE, "0", "0", "0", "0");
    assertThat(one.expectTerminalError()).isInstanceOf(JobLostException.class);
    assertThat(other.expectTerminalError()).isInstanceOf(JobLostException.class);
  }

  @Test
  void aJobThatTheServerKnowsIsAskedForAgainLater() {
    TestSubscriber<JobEvent> job = running(UNIQUE);
    letTwoPeriodsPass();
    connection.receive(STATUS_RES, HANDLE, "1", "0", "0", "0");
    assertThat(job.isTerminated()).isFalse();
    connection.written();
    time.advanceTimeBy(ACCEPT_LIMIT);
    assertThat(connection.written()).containsExactly(request(GET_STATUS, HANDLE));
  }

  @Test
  void aJobOfWhichSomethingIsHeardIsNotAskedFor() {
    running(UNIQUE);
    for (int i = 0; i < 5; i++) {
      time.advanceTimeBy(ACCEPT_LIMIT);
      connection.receive(WORK_STATUS, HANDLE, "1", "2");
    }
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aJobThatEndsBeforeTheAnswerHasItsEnd() {
    TestSubscriber<JobEvent> job = running(UNIQUE);
    letTwoPeriodsPass();
    connection.receive(WORK_COMPLETE, HANDLE, "end");
    connection.receive(STATUS_RES, HANDLE, "0", "0", "0", "0");
    assertThat(job.isTerminatedComplete()).isTrue();
    assertThat(job.getProtocolErrors()).isEmpty();
  }

  @Test
  void aJobThatNobodyElseCanJoinIsNotAskedFor() {
    running(JOB);
    letTwoPeriodsPass();
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aServerWithTheFlowExtensionIsNotAsked() {
    agreeOnFlow();
    running(UNIQUE);
    letTwoPeriodsPass();
    assertThat(connection.written()).isEmpty();
  }
}

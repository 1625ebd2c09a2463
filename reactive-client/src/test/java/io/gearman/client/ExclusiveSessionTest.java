// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.testkit.ScriptedConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** A job that has a connection to a plain server to itself. */
class ExclusiveSessionTest {

  private static final JobRequest JOB = SessionFixture.JOB;
  private static final JobRequest SHAREABLE = JOB.withUnique("u");
  private static final String HANDLE = SessionFixture.HANDLE;

  private final List<ClientSession> idle = new ArrayList<>();
  private final ScriptedConnection connection = new ScriptedConnection();
  private final ClientSession session =
      connection.open(
          opened -> ClientSession.exclusive(opened, SessionFixture.SETTINGS, idle::add));

  private TestSubscriber<JobEvent> running(JobRequest request, long demand) {
    TestSubscriber<JobEvent> job = SessionFixture.subscribe(session.run(request), demand);
    connection.receive(JOB_CREATED, HANDLE);
    return job;
  }

  @Test
  void isReadWhileItsSubscriberTakesWhatComes() {
    running(JOB, Long.MAX_VALUE);
    connection.receive(WORK_DATA, HANDLE, "1");
    assertThat(connection.isReading()).isTrue();
  }

  @Test
  void isNotReadWhileSomethingWaits() {
    running(JOB, 1);
    connection.receive(WORK_DATA, HANDLE, "1");
    assertThat(connection.isReading()).isFalse();
  }

  @Test
  void isReadAgainWhenAllWasTaken() {
    TestSubscriber<JobEvent> job = running(JOB, 1);
    connection.receive(WORK_DATA, HANDLE, "1");
    connection.receive(WORK_DATA, HANDLE, "2");
    job.request(1);
    assertThat(connection.isReading()).isFalse();
    job.request(1);
    assertThat(connection.isReading()).isTrue();
    assertThat(job.getReceivedOnNext()).hasSize(3);
  }

  @Test
  void keepsWhatOneReadBroughtWhateverItsSize() {
    TestSubscriber<JobEvent> job = running(JOB, 1);
    String large = "x".repeat(SessionFixture.BUFFER_LIMIT);
    connection.receive(WORK_DATA, HANDLE, large);
    connection.receive(WORK_DATA, HANDLE, large);
    assertThat(job.isTerminated()).isFalse();
  }

  @Test
  void isFreeForTheNextJobWhenThisOneHasEnded() {
    TestSubscriber<JobEvent> job = running(JOB, 1);
    connection.receive(WORK_DATA, HANDLE, "1");
    assertThat(idle).isEmpty();
    connection.receive(WORK_COMPLETE, HANDLE, "");
    assertThat(idle).containsExactly(session);
    assertThat(connection.isReading()).isTrue();
    job.cancel(); // with events that wait: it is no longer this job's connection
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void isFreeForTheNextJobWhenThisOneWasRefused() {
    SessionFixture.subscribe(session.run(JOB), 1);
    connection.receive(ERROR, "QUEUE_ERROR", "Job queue is full");
    assertThat(idle).containsExactly(session);
  }

  @Test
  void isClosedWhenTheJobIsCancelledSinceThatIsHowAPlainServerHearsOfIt() {
    running(JOB, 1).cancel();
    assertThat(connection.isDisposed()).isTrue();
    assertThat(idle).isEmpty();
  }

  @Test
  void isNotGivenToTheNextJobWhenTheAnswerDoesNotComeInTime() {
    VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    try {
      SessionFixture.subscribe(session.run(JOB), 1);
      time.advanceTimeBy(SessionFixture.ACCEPT_LIMIT);
      assertThat(idle).isEmpty();
      assertThat(connection.isDisposed()).isTrue();
    } finally {
      VirtualTimeScheduler.reset();
    }
  }

  @Test
  void isReadToTheEndWhenAJobThatOthersMayShareIsAcceptedTooLate() {
    VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    try {
      SessionFixture.subscribe(session.run(SHAREABLE), 1);
      time.advanceTimeBy(SessionFixture.ACCEPT_LIMIT);
      assertThat(idle).isEmpty();
      connection.receive(JOB_CREATED, HANDLE);
      assertThat(connection.isDisposed()).isFalse();
      connection.receive(WORK_COMPLETE, HANDLE, "");
      assertThat(connection.isDisposed()).isTrue();
    } finally {
      VirtualTimeScheduler.reset();
    }
  }

  @Test
  void isClosedAtOnceAlsoWhenTheAnswerHasNotCome() {
    SessionFixture.subscribe(session.run(JOB), 1).cancel();
    assertThat(connection.isDisposed()).isTrue();
  }

  @Test
  void isGivenUpBeforeTheSocketIsClosed() {
    TestSubscriber<Void> closed = SessionFixture.subscribe(session.onClose().flux(), 0);
    SessionFixture.subscribe(
        session.run(JOB).doOnNext(created -> assertThat(closed.isTerminated()).isFalse()).take(1),
        1);
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void isClosedAtOnceAlsoWhenNothingWasSent() {
    SessionFixture.subscribe(session.run(JOB), 0).cancel();
    assertThat(connection.isDisposed()).isTrue();
  }

  /** Losing a listener makes gearmand drop a background job that the submission may have joined. */
  @Test
  void isReadToTheEndWhenAJobThatOthersMayShareIsCancelled() {
    TestSubscriber<JobEvent> job = running(SHAREABLE, 1);
    connection.receive(WORK_DATA, HANDLE, "1");
    job.cancel();
    assertThat(connection.isReading()).isTrue();
    connection.receive(WORK_DATA, HANDLE, "2");
    assertThat(connection.isDisposed()).isFalse();
    connection.receive(WORK_COMPLETE, HANDLE, "");
    assertThat(connection.isDisposed()).isTrue();
    assertThat(idle).isEmpty();
  }

  @Test
  void isReadToTheEndAlsoWhenItWasCancelledBeforeItsAnswer() {
    TestSubscriber<JobEvent> job = SessionFixture.subscribe(session.run(SHAREABLE), 1);
    job.cancel();
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(connection.isDisposed()).isFalse();
    connection.receive(WORK_COMPLETE, HANDLE, "");
    assertThat(connection.isDisposed()).isTrue();
  }
}

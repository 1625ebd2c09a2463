// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobTimeoutException;
import io.gearman.QueueFullException;
import io.gearman.Retryable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** Answers that come late, and refusals. */
class RepliesTest extends SessionFixture {

  private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();

  @AfterEach
  void resetTime() {
    VirtualTimeScheduler.reset();
  }

  private static void timedOut(TestSubscriber<?> subscriber) {
    assertThat(subscriber.expectTerminalError())
        .isInstanceOfSatisfying(
            JobTimeoutException.class,
            failure -> {
              assertThat(failure.limit()).isEqualTo(JobTimeoutException.Limit.ACCEPT);
              assertThat(failure.duration()).isEqualTo(ACCEPT_LIMIT);
              assertThat(failure.server()).isEqualTo("scripted:4730");
            });
  }

  @Test
  void whoWaitsForTooLongIsTold() {
    TestSubscriber<JobEvent> job = submit(JOB);
    TestSubscriber<JobHandle> background = subscribe(session.enqueue(JOB).flux(), 1);
    time.advanceTimeBy(ACCEPT_LIMIT.minusMillis(1));
    assertThat(job.isTerminated()).isFalse();
    time.advanceTimeBy(Duration.ofMillis(1));
    timedOut(job);
    timedOut(background);
  }

  @Test
  void eachWaitsForItsOwnTime() {
    TestSubscriber<JobEvent> one = submit(JOB);
    time.advanceTimeBy(Duration.ofSeconds(5));
    TestSubscriber<JobEvent> other = submit(JOB);
    time.advanceTimeBy(Duration.ofSeconds(15));
    timedOut(one);
    assertThat(other.isTerminated()).isFalse();
    time.advanceTimeBy(Duration.ofSeconds(5));
    timedOut(other);
  }

  @Test
  void aLateAnswerIsNotTheNextOnes() {
    TestSubscriber<JobEvent> late = submit(JOB);
    time.advanceTimeBy(ACCEPT_LIMIT);
    TestSubscriber<JobEvent> next = submit(JOB);
    connection.receive(JOB_CREATED, "H:1");
    connection.receive(JOB_CREATED, "H:2");
    connection.receive(WORK_COMPLETE, "H:1", "unheard");
    connection.receive(WORK_COMPLETE, "H:2", "heard");
    timedOut(late);
    assertThat(next.getReceivedOnNext()).containsExactly(created("H:2"), completed("heard"));
    assertThat(late.getProtocolErrors()).isEmpty();
  }

  @Test
  void aLateRefusalIsNotTheNextOnes() {
    submit(JOB);
    time.advanceTimeBy(ACCEPT_LIMIT);
    TestSubscriber<JobEvent> next = submit(JOB);
    connection.receive(ERROR, "QUEUE_ERROR", "Job queue is full");
    connection.receive(JOB_CREATED, "H:2");
    assertThat(next.getReceivedOnNext()).containsExactly(created("H:2"));
  }

  /** A plain server sends the events once for each of the two. */
  @Test
  void aJobThatIsSentAgainOnTheSameConnectionIsOneWithTheLateOne() {
    JobRequest again = JOB.withAttempts(2).fixed();
    submit(again);
    time.advanceTimeBy(ACCEPT_LIMIT);
    TestSubscriber<JobEvent> job = submit(again);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(JOB_CREATED, HANDLE);
    for (int copy = 0; copy < 2; copy++) {
      connection.receive(WORK_DATA, HANDLE, "part");
    }
    for (int copy = 0; copy < 2; copy++) {
      connection.receive(WORK_COMPLETE, HANDLE, "");
    }
    assertThat(job.getReceivedOnNext())
        .containsExactly(created(HANDLE), data("part"), completed(""));
    assertThat(dropped).isEmpty();
  }

  @Test
  void aJobThatIsAcceptedTooLateIsCancelled() {
    agreeOnFlow();
    submit(JOB);
    time.advanceTimeBy(ACCEPT_LIMIT);
    connection.written();
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(connection.written()).containsExactly(request(WORK_CANCEL, HANDLE));
  }

  @Test
  void whoWaitsInTimeIsLeftAlone() {
    for (int i = 0; i < 5; i++) {
      TestSubscriber<JobEvent> job = submit(JOB);
      time.advanceTimeBy(ACCEPT_LIMIT.minusSeconds(1));
      connection.receive(JOB_CREATED, "H:" + i);
      time.advanceTimeBy(ACCEPT_LIMIT.multipliedBy(2));
      assertThat(job.isTerminated()).isFalse();
    }
  }

  @Test
  void aFullQueueIsAnErrorOfItsOwn() {
    TestSubscriber<JobEvent> job = submit(JOB);
    connection.receive(ERROR, "QUEUE_ERROR", "Job queue is full");
    assertThat(job.expectTerminalError())
        .isInstanceOf(QueueFullException.class)
        .isInstanceOf(Retryable.class)
        .hasMessageContainingAll("scripted:4730", "QUEUE_ERROR", "Job queue is full");
  }

  @Test
  void jobsBeyondTheLimitAreNotSent() {
    for (int i = 0; i < MAX_JOBS; i++) {
      submit(JOB);
    }
    connection.receive(JOB_CREATED, HANDLE);
    connection.written();
    assertThat(submit(JOB).expectTerminalError())
        .isInstanceOfSatisfying(
            TooManyJobsException.class, it -> assertThat(it.limit()).isEqualTo(MAX_JOBS))
        .isInstanceOf(Retryable.class);
    assertThat(connection.written()).isEmpty();
    connection.receive(WORK_COMPLETE, HANDLE, "");
    submit(JOB);
    assertThat(connection.written()).hasSize(1);
  }

  @Test
  void jobsInTheBackgroundCountAgainstTheLimitUntilTheyAreAccepted() {
    List<TestSubscriber<JobHandle>> jobs = new ArrayList<>();
    for (int i = 0; i <= MAX_JOBS; i++) {
      jobs.add(subscribe(session.enqueue(JOB).flux(), 1));
    }
    assertThat(jobs.get(MAX_JOBS).expectTerminalError()).isInstanceOf(TooManyJobsException.class);
    assertThat(connection.written()).hasSize(MAX_JOBS);
    connection.receive(JOB_CREATED, HANDLE);
    session.enqueue(JOB).subscribe();
    assertThat(connection.written()).hasSize(1);
  }

  @Test
  void whoIsBeingAnsweredDoesNotCountAgainstTheLimit() {
    List<TestSubscriber<JobEvent>> jobs = new ArrayList<>();
    session
        .enqueue(JOB)
        .subscribe(
            accepted -> {
              for (int i = 0; i < MAX_JOBS; i++) {
                jobs.add(submit(JOB));
              }
            });
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(jobs).hasSize(MAX_JOBS).noneMatch(TestSubscriber::isTerminated);
  }
}

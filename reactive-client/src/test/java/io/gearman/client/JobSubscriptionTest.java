// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.protocol.PacketType.WORK_WARNING;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.WorkerException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** One submission: its events, its demand and its end. */
class JobSubscriptionTest extends SessionFixture {

  private static final int EVENT_COST = 64;

  @Test
  void nothingIsSentBeforeTheFirstRequest() {
    TestSubscriber<JobEvent> job = submit(JOB, 0);
    assertThat(connection.written()).isEmpty();
    job.request(1);
    assertThat(connection.written()).containsExactly(request(SUBMIT_JOB, "f", "", "workload"));
  }

  /** Rule 1.3 of Reactive Streams: signals are one after the other, of which it is the first. */
  @Test
  void nothingIsSentBeforeOnSubscribeHasReturned() {
    List<Integer> sent = new ArrayList<>();
    session
        .run(JOB)
        .subscribe(
            new BaseSubscriber<JobEvent>() {
              @Override
              protected void hookOnSubscribe(Subscription subscription) {
                request(1);
                request(1);
                sent.add(connection.written().size());
              }
            });

    assertThat(sent).containsExactly(0);
    assertThat(connection.written()).hasSize(1);
  }

  @Test
  void furtherRequestsSendNothing() {
    TestSubscriber<JobEvent> job = submit(JOB, 1);
    connection.written();
    job.request(1);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void eachSubscriptionIsASubmission() {
    var events = session.run(JOB);
    subscribe(events, 1);
    subscribe(events, 1);
    assertThat(connection.written()).hasSize(2);
  }

  @Test
  void eventsComeInTheOrderOfTheWorker() {
    StepVerifier.create(session.run(JOB))
        .then(() -> connection.receive(JOB_CREATED, HANDLE))
        .expectNext(created(HANDLE))
        .then(() -> connection.receive(WORK_STATUS, HANDLE, "1", "2"))
        .then(() -> connection.receive(WORK_DATA, HANDLE, "da\0ta"))
        .then(() -> connection.receive(WORK_WARNING, HANDLE, ""))
        .then(() -> connection.receive(WORK_DATA, HANDLE, ""))
        .then(() -> connection.receive(WORK_COMPLETE, HANDLE, "end"))
        .expectNext(new JobEvent.Status(1, 2))
        .expectNext(data("da\0ta"))
        .expectNext(new JobEvent.Warning(bytes("")))
        .expectNext(data(""))
        .expectNext(completed("end"))
        .verifyComplete();
  }

  @Test
  void whatWasNotRequestedWaits() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    connection.receive(WORK_DATA, HANDLE, "1");
    connection.receive(WORK_DATA, HANDLE, "2");
    connection.receive(WORK_DATA, HANDLE, "3");
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE));
    job.request(2);
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE), data("1"), data("2"));
    job.request(2);
    connection.receive(WORK_DATA, HANDLE, "4");
    assertThat(job.getReceivedOnNext()).endsWith(data("3"), data("4"));
  }

  @Test
  void theResultNeedsDemandAndTheCompletionNone() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    connection.receive(WORK_COMPLETE, HANDLE, "end");
    assertThat(job.isTerminated()).isFalse();
    job.request(1);
    assertThat(job.getReceivedOnNext()).endsWith(completed("end"));
    assertThat(job.isTerminatedComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aFailureComesAfterWhatCameBeforeItAndNeedsNoDemand(long demand) {
    TestSubscriber<JobEvent> job = accepted(HANDLE, demand);
    connection.receive(WORK_DATA, HANDLE, "1");
    connection.receive(WORK_FAIL, HANDLE);
    assertThat(job.isTerminatedError()).isEqualTo(demand == 2);
    job.request(1);
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE), data("1"));
    assertThat(job.isTerminatedError()).isTrue();
  }

  @Test
  void onlyTheLatestOfProgressReportsThatWaitIsKept() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    for (int done = 0; done <= BUFFER_LIMIT; done++) {
      connection.receive(WORK_STATUS, HANDLE, Integer.toString(done), "0");
    }
    job.request(9);
    assertThat(job.getReceivedOnNext())
        .containsExactly(created(HANDLE), new JobEvent.Status(BUFFER_LIMIT, 0));
  }

  @Test
  void aProgressReportDoesNotOvertakeWhatStandsBetween() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    connection.receive(WORK_STATUS, HANDLE, "1", "2");
    connection.receive(WORK_DATA, HANDLE, "data");
    connection.receive(WORK_STATUS, HANDLE, "2", "2");
    job.request(9);
    assertThat(job.getReceivedOnNext())
        .endsWith(new JobEvent.Status(1, 2), data("data"), new JobEvent.Status(2, 2));
  }

  @Test
  void progressThatIsRequestedIsNotConflated() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Long.MAX_VALUE);
    connection.receive(WORK_STATUS, HANDLE, "1", "2");
    connection.receive(WORK_STATUS, HANDLE, "2", "2");
    assertThat(job.getReceivedOnNext())
        .endsWith(new JobEvent.Status(1, 2), new JobEvent.Status(2, 2));
  }

  @ParameterizedTest(name = "\"{0}\" of \"{1}\"")
  @CsvSource({"'', '', 0, 0", "half, 2, 0, 2", "' 7 ', 0, 7, 0", "4294967295, 0, 4294967295, 0"})
  void progressIsWhateverCanBeReadAsNumbers(String done, String total, long read, long readTotal) {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 2);
    connection.receive(WORK_STATUS, HANDLE, done, total);
    assertThat(job.getReceivedOnNext()).endsWith(new JobEvent.Status(read, readTotal));
  }

  @Test
  void aJobThatOverflowsItsBufferFailsAloneAndTheOthersGoOn() {
    TestSubscriber<JobEvent> slow = accepted("H:1", 1);
    TestSubscriber<JobEvent> other = accepted("H:2", Long.MAX_VALUE);
    connection.receive(WORK_DATA, "H:1", "x".repeat(BUFFER_LIMIT - EVENT_COST));
    assertThat(slow.isTerminated()).isFalse();
    connection.receive(WORK_DATA, "H:1", "");
    assertThat(slow.expectTerminalError())
        .isInstanceOfSatisfying(
            BufferLimitException.class,
            error -> {
              assertThat(error.handle()).isEqualTo(handle("H:1"));
              assertThat(error.limit()).isEqualTo(BUFFER_LIMIT);
            })
        .hasMessageContainingAll("scripted:4730//H:1", Integer.toString(BUFFER_LIMIT));
    connection.receive(WORK_COMPLETE, "H:1", "late");
    connection.receive(WORK_COMPLETE, "H:2", "end");
    assertThat(slow.getProtocolErrors()).isEmpty();
    assertThat(other.getReceivedOnNext()).containsExactly(created("H:2"), completed("end"));
  }

  @Test
  void whatWasTakenMakesRoomInTheBuffer() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    for (int i = 0; i < 10; i++) {
      connection.receive(WORK_DATA, HANDLE, "x".repeat(BUFFER_LIMIT - EVENT_COST));
      job.request(1);
    }
    assertThat(job.getReceivedOnNext()).hasSize(11);
    assertThat(job.isTerminated()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {HANDLE, HANDLE + "\0"}) // gearmand adds a NUL to a failure by exception
  void aFailureNamesTheJob(String handle) {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Long.MAX_VALUE);
    connection.receive(WORK_FAIL, handle);
    assertThat(job.expectTerminalError())
        .isExactlyInstanceOf(JobFailedException.class)
        .hasMessageContaining("scripted:4730//" + HANDLE)
        .extracting(error -> ((JobFailedException) error).handle())
        .isEqualTo(handle(HANDLE));
  }

  @Test
  void anExceptionCarriesTheBytesOfTheWorker() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Long.MAX_VALUE);
    connection.receive(WORK_EXCEPTION, HANDLE, "\u00ff\0boom");
    assertThat(job.expectTerminalError())
        .isInstanceOfSatisfying(
            WorkerException.class,
            error -> {
              assertThat(error.bytes()).isEqualTo(bytes("\u00ff\0boom"));
              assertThat(error.handle()).isEqualTo(handle(HANDLE));
            });
  }

  @Test
  void whatComesAfterTheEndIsIgnored() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Long.MAX_VALUE);
    connection.receive(WORK_EXCEPTION, HANDLE, "boom");
    connection.receive(WORK_FAIL, HANDLE);
    connection.receive(WORK_COMPLETE, HANDLE, "end");
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE));
    assertThat(job.getProtocolErrors()).isEmpty();
  }

  @Test
  void aRefusedJobHasNoEvents() {
    TestSubscriber<JobEvent> job = submit(JOB);
    connection.receive(ERROR, "QUEUE_ERROR", "Job queue is full");
    assertThat(job.getReceivedOnNext()).isEmpty();
    assertThat(job.isTerminatedError()).isTrue();
  }

  @Test
  void aSubscriberThatThrowsFailsAlone() {
    TestSubscriber<String> throwing =
        subscribe(
            session
                .run(JOB)
                .map(
                    event -> {
                      if (event instanceof JobEvent.Data) {
                        throw new NoClassDefFoundError("Codec"); // Reactor passes it up the stack
                      }
                      return "";
                    }),
            Long.MAX_VALUE);
    connection.receive(JOB_CREATED, HANDLE);
    TestSubscriber<JobEvent> other = accepted("H:2", Long.MAX_VALUE);
    connection.receive(WORK_DATA, HANDLE, "x");
    connection.receive(WORK_COMPLETE, "H:2", "end");
    assertThat(throwing.expectTerminalError()).isInstanceOf(NoClassDefFoundError.class);
    assertThat(other.isTerminatedComplete()).isTrue();
  }
}

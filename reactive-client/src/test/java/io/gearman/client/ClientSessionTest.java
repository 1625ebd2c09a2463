// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GET_STATUS;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.STATUS_RES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.testkit.ScriptedConnection.request;
import static io.gearman.testkit.ScriptedConnection.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.Priority;
import io.gearman.ServerErrorException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.ScriptedConnection.HandDrivenLoop;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** Requests and their answers. */
class ClientSessionTest extends SessionFixture {

  @Test
  void aNewSessionNamesTheClientAndAsksForExceptionsAndFlow() {
    session.introduce("me", PATIENCE).subscribe();
    assertThat(connection.written())
        .containsExactly(
            request(SET_CLIENT_ID, "me"),
            request(OPTION_REQ, "exceptions"),
            request(OPTION_REQ, "flow"));
  }

  @Test
  void aClientWithoutANameIsNotNamed() {
    session.introduce("", PATIENCE).subscribe();
    assertThat(connection.written())
        .containsExactly(request(OPTION_REQ, "exceptions"), request(OPTION_REQ, "flow"));
  }

  static Stream<Arguments> answersToTheOptions() {
    Packet refused = response(ERROR, "UNKNOWN_OPTION", "?");
    Packet exceptions = response(OPTION_RES, "exceptions");
    Packet flow = response(OPTION_RES, "flow");
    return Stream.of(
        Arguments.of(exceptions, flow, true),
        Arguments.of(refused, flow, true),
        Arguments.of(exceptions, refused, false),
        Arguments.of(refused, refused, false));
  }

  @ParameterizedTest
  @MethodSource("answersToTheOptions")
  void aSessionIsReadyWhenTheServerHasAnsweredWhateverItSays(
      Packet toExceptions, Packet toFlow, boolean flow) {
    TestSubscriber<ClientSession> ready = subscribe(session.introduce("", PATIENCE).flux(), 1);
    connection.receive(toExceptions);
    assertThat(ready.getReceivedOnNext()).isEmpty();
    connection.receive(toFlow);
    assertThat(ready.getReceivedOnNext()).containsExactly(session);
    assertThat(session.hasFlow()).isEqualTo(flow);
    assertThat(accepted(HANDLE, 1).getReceivedOnNext()).containsExactly(created(HANDLE));
  }

  @Test
  void aSessionThatIsLostBeforeTheAnswersWasNeverThere() {
    StepVerifier.create(session.introduce("", PATIENCE))
        .then(() -> connection.close(new IOException("reset")))
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ConnectionException.class,
                        lost ->
                            assertThat(lost.phase()).isEqualTo(ConnectionException.Phase.CONNECT))
                    .hasMessageContainingAll("scripted:4730", "reset"));
  }

  @Test
  void aServerThatAnswersNothingIsGivenUp() {
    StepVerifier.withVirtualTime(() -> session.introduce("", PATIENCE))
        .expectSubscription()
        .expectNoEvent(PATIENCE.minusMillis(1))
        .thenAwait(Duration.ofMillis(1))
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ConnectionException.class,
                        silent ->
                            assertThat(silent.phase()).isEqualTo(ConnectionException.Phase.CONNECT))
                    .hasMessageContainingAll("scripted:4730", "OPTION_REQ", "10000 ms"));
    assertThat(connection.isDisposed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"HIGH, SUBMIT_JOB_HIGH", "NORMAL, SUBMIT_JOB", "LOW, SUBMIT_JOB_LOW"})
  void thePriorityOfAForegroundJobIsThePacketThatSubmitsIt(Priority priority, PacketType type) {
    submit(JOB.withPriority(priority).withUnique("u"));
    assertThat(connection.written()).containsExactly(request(type, "f", "u", "workload"));
  }

  @ParameterizedTest
  @CsvSource({"HIGH, SUBMIT_JOB_HIGH_BG", "NORMAL, SUBMIT_JOB_BG", "LOW, SUBMIT_JOB_LOW_BG"})
  void thePriorityOfABackgroundJobIsThePacketThatSubmitsIt(Priority priority, PacketType type) {
    session.enqueue(JOB.withPriority(priority).withUnique("u")).subscribe();
    assertThat(connection.written()).containsExactly(request(type, "f", "u", "workload"));
  }

  @Test
  void namesTravelAsUtf8() {
    submit(JobRequest.of("große", bytes("")).withUnique("ü"));
    assertThat(connection.written())
        .containsExactly(request(SUBMIT_JOB, "gro\u00c3\u009fe", "\u00c3\u00bc", ""));
  }

  @Test
  void aBackgroundJobIsItsHandle() {
    StepVerifier.create(session.enqueue(JOB))
        .then(() -> connection.receive(JOB_CREATED, HANDLE))
        .expectNext(handle(HANDLE))
        .verifyComplete();
  }

  @Test
  void eachSubscriptionToABackgroundJobSubmitsIt() {
    var enqueued = session.enqueue(JOB);
    assertThat(connection.written()).isEmpty();
    enqueued.subscribe();
    enqueued.subscribe();
    assertThat(connection.written())
        .containsExactly(
            request(SUBMIT_JOB_BG, "f", "", "workload"),
            request(SUBMIT_JOB_BG, "f", "", "workload"));
  }

  @ParameterizedTest(name = "known {0}, running {1}, {2} of {3}")
  @CsvSource({
    "0, 0, 0, 0, false, false, 0, 0",
    "1, 0, 0, 0, true, false, 0, 0",
    "1, 1, 3, 4294967295, true, true, 3, 4294967295",
    "1, 1, '', '', true, true, 0, 0", // the Perl server sends nothing for no progress
  })
  void statusIsWhatTheServerSays(
      String knownText,
      String runningText,
      String doneText,
      String totalText,
      boolean known,
      boolean running,
      long done,
      long total) {
    StepVerifier.create(session.status(handle(HANDLE)))
        .then(
            () ->
                connection.receive(STATUS_RES, HANDLE, knownText, runningText, doneText, totalText))
        .expectNext(new JobStatus(known, running, done, total))
        .verifyComplete();
    assertThat(connection.written()).containsExactly(request(GET_STATUS, HANDLE));
  }

  @Test
  void answersGoToRequestsInTheirOrder() {
    TestSubscriber<JobEvent> first = submit(JOB);
    TestSubscriber<JobHandle> second = subscribe(session.enqueue(JOB).flux(), 1);
    TestSubscriber<JobStatus> third = subscribe(session.status(handle("H:9")).flux(), 1);
    TestSubscriber<JobEvent> fourth = submit(JOB);
    connection.receive(JOB_CREATED, "H:1");
    connection.receive(JOB_CREATED, "H:2");
    connection.receive(STATUS_RES, "H:9", "1", "0", "0", "0");
    connection.receive(JOB_CREATED, "H:4");
    assertThat(first.getReceivedOnNext()).containsExactly(created("H:1"));
    assertThat(second.getReceivedOnNext()).containsExactly(handle("H:2"));
    assertThat(third.getReceivedOnNext()).containsExactly(new JobStatus(true, false, 0, 0));
    assertThat(fourth.getReceivedOnNext()).containsExactly(created("H:4"));
  }

  @Test
  void anErrorBetweenTwoSubmissionsReachesTheRightOne() {
    TestSubscriber<JobEvent> before = submit(JOB);
    TestSubscriber<JobEvent> refused = submit(JOB);
    TestSubscriber<JobEvent> after = submit(JOB);
    connection.receive(JOB_CREATED, "H:1");
    connection.receive(ERROR, "QUEUE_ERROR", "Job queue is full");
    connection.receive(JOB_CREATED, "H:2");
    assertThat(before.getReceivedOnNext()).containsExactly(created("H:1"));
    assertThat(after.getReceivedOnNext()).containsExactly(created("H:2"));
    assertThat(refused.expectTerminalError())
        .isInstanceOfSatisfying(
            ServerErrorException.class,
            error -> {
              assertThat(error.server()).isEqualTo("scripted:4730");
              assertThat(error.code()).isEqualTo("QUEUE_ERROR");
            })
        .hasMessageContainingAll("scripted:4730", "QUEUE_ERROR", "Job queue is full");
  }

  @Test
  void anErrorEndsAQuestion() {
    StepVerifier.create(session.status(handle(HANDLE)))
        .then(() -> connection.receive(ERROR, "INTERNAL", "broken"))
        .verifyError(ServerErrorException.class);
  }

  @Test
  void anErrorThatAnswersNothingIsIgnored() {
    connection.receive(ERROR, "SHUTTING_DOWN", "bye");
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE));
  }

  @Test
  void eventsOfUnknownJobsAreIgnored() {
    connection.receive(WORK_DATA, "H:99", "late");
    connection.receive(WORK_COMPLETE, "H:99", "late");
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void packetsThatAreNoConcernOfAClientAreIgnored() {
    TestSubscriber<JobEvent> job = submit(JOB);
    connection.receive(NOOP);
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE));
  }

  @Test
  void eventsGoToTheJobTheyName() {
    TestSubscriber<JobEvent> one = accepted("H:1", Long.MAX_VALUE);
    TestSubscriber<JobEvent> other = accepted("H:2", Long.MAX_VALUE);
    connection.receive(WORK_DATA, "H:2", "2");
    connection.receive(WORK_DATA, "H:1", "1");
    connection.receive(WORK_COMPLETE, "H:2", "");
    connection.receive(WORK_COMPLETE, "H:1", "");
    assertThat(one.getReceivedOnNext()).containsExactly(created("H:1"), data("1"), completed(""));
    assertThat(other.getReceivedOnNext()).containsExactly(created("H:2"), data("2"), completed(""));
  }

  @Test
  void aQuestionCancelledAfterItWasSentKeepsItsPlace() {
    Disposable cancelled = session.status(handle(HANDLE)).subscribe();
    TestSubscriber<JobHandle> next = subscribe(session.enqueue(JOB).flux(), 1);
    cancelled.dispose();
    connection.receive(STATUS_RES, HANDLE, "1", "0", "0", "0");
    connection.receive(JOB_CREATED, "H:2");
    assertThat(next.getReceivedOnNext()).containsExactly(handle("H:2"));
  }

  @Test
  void aQuestionCancelledBeforeTheLoopTookItIsNotSent() {
    HandDrivenLoop loop = new HandDrivenLoop();
    ScriptedConnection remote = new ScriptedConnection(loop);
    ClientSession confined =
        remote.open(opened -> ClientSession.shared(opened, SETTINGS, handle -> Mono.empty()));
    confined.enqueue(JOB).subscribe().dispose();
    confined.enqueue(JobRequest.of("g", bytes(""))).subscribe();
    loop.run();
    assertThat(remote.written()).containsExactly(request(SUBMIT_JOB_BG, "g", "", ""));
  }

  @Test
  void requestsOfOtherThreadsAreWrittenByTheLoop() {
    HandDrivenLoop loop = new HandDrivenLoop();
    ScriptedConnection remote = new ScriptedConnection(loop);
    ClientSession confined =
        remote.open(opened -> ClientSession.shared(opened, SETTINGS, handle -> Mono.empty()));
    subscribe(confined.run(JOB), 1);
    confined.status(handle(HANDLE)).subscribe();
    assertThat(remote.written()).isEmpty();
    loop.run();
    assertThat(remote.written())
        .containsExactly(request(SUBMIT_JOB, "f", "", "workload"), request(GET_STATUS, HANDLE));
  }

  @Test
  void aJobForLaterFailsInTheForeground() {
    connection.written();
    TestSubscriber<JobEvent> later = submit(JOB.withNotBefore(Instant.ofEpochSecond(1)));
    assertThat(later.expectTerminalError())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can only be enqueued");
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aRequestOverThePacketLimitIsRefusedBeforeItIsSent() {
    connection.written();
    TestSubscriber<JobEvent> tooLarge =
        submit(JobRequest.of("f", new byte[ScriptedConnection.MAX_PACKET_SIZE]));
    assertThat(tooLarge.expectTerminalError())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("over the packet limit of 100000 bytes");
    assertThat(connection.written()).isEmpty();
    assertThat(accepted(HANDLE, 1).getReceivedOnNext()).containsExactly(created(HANDLE));
  }
}

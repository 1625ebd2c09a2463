// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.STATUS_RES;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.ProtocolException;
import io.gearman.testkit.DroppedErrors;
import io.gearman.testkit.ScriptedConnection;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** The end of a connection, and what a server may say that ends it. */
class ClientSessionLossTest extends SessionFixture {

  private static Consumer<Throwable> lostWhen(Phase phase) {
    return error ->
        assertThat(error)
            .isInstanceOfSatisfying(
                ConnectionException.class,
                lost -> {
                  assertThat(lost.phase()).isEqualTo(phase);
                  assertThat(lost.server()).isEqualTo("scripted:4730");
                })
            .hasMessageContaining("scripted:4730");
  }

  @Test
  void whatWaitsForAnAnswerIsUnanswered() {
    TestSubscriber<JobEvent> job = submit(JOB);
    TestSubscriber<JobHandle> enqueued = subscribe(session.enqueue(JOB).flux(), 1);
    TestSubscriber<JobStatus> status = subscribe(session.status(handle(HANDLE)).flux(), 1);
    connection.close(new IOException("reset"));
    assertThat(job.expectTerminalError()).satisfies(lostWhen(Phase.UNANSWERED));
    assertThat(enqueued.expectTerminalError()).satisfies(lostWhen(Phase.UNANSWERED));
    assertThat(status.expectTerminalError()).satisfies(lostWhen(Phase.UNANSWERED));
  }

  @Test
  void aJobThatTheServerHadTakenIsAccepted() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Long.MAX_VALUE);
    connection.close(null);
    assertThat(job.expectTerminalError()).satisfies(lostWhen(Phase.ACCEPTED));
  }

  @Test
  void whatIsAskedAfterTheLossIsNotSent() {
    connection.close(null);
    TestSubscriber<JobEvent> job = submit(JOB);
    TestSubscriber<JobStatus> status = subscribe(session.status(handle(HANDLE)).flux(), 1);
    assertThat(job.expectTerminalError()).satisfies(lostWhen(Phase.CONNECT));
    assertThat(status.expectTerminalError()).satisfies(lostWhen(Phase.CONNECT));
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void whatIsAskedJustBeforeTheLossIsHeardOfIsNotSent() {
    ScriptedConnection.HandDrivenLoop loop = new ScriptedConnection.HandDrivenLoop();
    ScriptedConnection closing = new ScriptedConnection(loop);
    ClientSession last =
        closing.open(its -> ClientSession.shared(its, SETTINGS, handle -> Mono.empty()));
    TestSubscriber<JobEvent> job = subscribe(last.run(JOB), 1);
    closing.dispose();
    loop.run();
    assertThat(job.expectTerminalError()).satisfies(lostWhen(Phase.CONNECT));
  }

  @Test
  void whatIsAskedAfterTheLossLearnsItsCause() {
    IOException reset = new IOException("reset by peer");
    connection.close(reset);
    assertThat(submit(JOB).expectTerminalError())
        .hasCause(reset)
        .hasMessage("Lost the connection to scripted:4730: reset by peer");
  }

  @Test
  void theErrorNamesTheCause() {
    IOException reset = new IOException("reset by peer");
    StepVerifier.create(session.run(JOB))
        .then(() -> connection.close(reset))
        .verifyErrorSatisfies(
            error -> assertThat(error).hasCause(reset).hasMessageContaining("reset by peer"));
  }

  @Test
  void anEndedJobDoesNotHearOfTheLoss() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Long.MAX_VALUE);
    connection.receive(WORK_COMPLETE, HANDLE, "end");
    connection.close(null);
    assertThat(job.isTerminatedComplete()).isTrue();
    assertThat(job.getProtocolErrors()).isEmpty();
  }

  @Test
  void whatCameBeforeTheLossIsReadBeforeIt() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    connection.receive(WORK_DATA, HANDLE, "1");
    connection.close(null);
    assertThat(job.isTerminated()).isFalse();
    job.request(1);
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE), data("1"));
    assertThat(job.expectTerminalError()).satisfies(lostWhen(Phase.ACCEPTED));
  }

  @Test
  void theEndOfTheConnectionIsAnnouncedWhenNobodyWaitsForAnything() {
    StepVerifier.create(session.onClose())
        .then(() -> connection.close(new IOException("reset")))
        .verifyComplete();
  }

  /** Whoever asks again at once, such as retry(), must not meet the lost connection. */
  @Test
  void theEndOfTheConnectionIsAnnouncedBeforeItsRequestsFail() {
    AtomicBoolean closed = new AtomicBoolean();
    session.onClose().doOnTerminate(() -> closed.set(true)).subscribe();
    Flux<Boolean> closedAtFailure =
        session.run(JOB).map(event -> false).onErrorResume(e -> Flux.just(closed.get()));
    TestSubscriber<Boolean> accepted = subscribe(closedAtFailure, Long.MAX_VALUE);
    TestSubscriber<Boolean> unanswered = subscribe(closedAtFailure, Long.MAX_VALUE);
    connection.receive(JOB_CREATED, HANDLE);
    connection.close(null);
    assertThat(accepted.getReceivedOnNext()).endsWith(true);
    assertThat(unanswered.getReceivedOnNext()).endsWith(true);
  }

  /** The failure of one job cancels the other, as zip does, while both are being told. */
  @Test
  void aLossIsToldToAllAlthoughTheFirstToHearOfItCancelsTheOthers() {
    Flux<JobEvent> one = session.run(JOB);
    Flux<JobEvent> other = session.run(JOB);
    TestSubscriber<Object> both =
        subscribe(Flux.zip(one.last(), other.last()).cast(Object.class), 1);
    connection.receive(JOB_CREATED, "H:1");
    connection.receive(JOB_CREATED, "H:2");
    StepVerifier.create(session.onClose()).then(() -> connection.close(null)).verifyComplete();
    assertThat(both.expectTerminalError()).satisfies(lostWhen(Phase.ACCEPTED));
  }

  @ParameterizedTest
  @CsvSource({
    "JOB_CREATED, STATUS_RES",
    "STATUS_RES, JOB_CREATED",
    "JOB_CREATED, OPTION_RES",
  })
  void anAnswerToAnotherQuestionIsAProtocolError(PacketType due, PacketType sent) {
    TestSubscriber<?> asked =
        due == JOB_CREATED ? submit(JOB) : subscribe(session.status(handle(HANDLE)).flux(), 1);
    answer(sent);
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContainingAll("scripted:4730", sent.toString(), due.toString());
    assertThat(asked.expectTerminalError())
        .satisfies(lostWhen(Phase.UNANSWERED))
        .hasCause(connection.cause());
  }

  @ParameterizedTest
  @ValueSource(strings = {"JOB_CREATED", "STATUS_RES", "OPTION_RES"})
  void anAnswerToNothingIsAProtocolError(PacketType sent) {
    answer(sent);
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContainingAll(sent.toString(), "nothing");
  }

  private void answer(PacketType type) {
    if (type == STATUS_RES) {
      connection.receive(STATUS_RES, HANDLE, "1", "0", "0", "0");
    } else {
      connection.receive(type, type == OPTION_RES ? "exceptions" : HANDLE);
    }
  }

  @Test
  void aStatusWithoutNumbersIsAProtocolErrorThatReachesWhoAsked() {
    TestSubscriber<JobStatus> status = subscribe(session.status(handle(HANDLE)).flux(), 1);
    connection.receive(STATUS_RES, HANDLE, "1", "1", "half", "2");
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContainingAll("numerator", "half");
    assertThat(status.expectTerminalError()).hasCause(connection.cause());
  }

  @Test
  void aRequestFromAServerIsAProtocolError() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    connection.receive(request(ECHO_REQ, "x"));
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContainingAll("scripted:4730", "ECHO_REQ");
    assertThat(job.expectTerminalError()).satisfies(lostWhen(Phase.ACCEPTED));
  }

  @Test
  void disposingOfASessionClosesItsConnection() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    session.dispose();
    assertThat(session.isDisposed()).isTrue();
    assertThat(job.expectTerminalError()).satisfies(lostWhen(Phase.ACCEPTED));
  }

  @Test
  void aSubscriberThatThrowsOnTheLossDoesNotKeepItFromOthers() {
    session
        .enqueue(JOB)
        .subscribe(
            new BaseSubscriber<>() {
              @Override
              protected void hookOnError(Throwable lost) {
                throw new NoClassDefFoundError("Codec");
              }
            });
    TestSubscriber<JobEvent> other = submit(JOB);
    connection.close(null);
    assertThat(other.expectTerminalError()).isInstanceOf(ConnectionException.class);
    assertThat(DroppedErrors.take())
        .singleElement()
        .satisfies(thrown -> assertThat(thrown).hasMessage("Codec"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.ProtocolException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** How a worker introduces itself, and what it makes of the answer. */
class WorkerSessionNegotiationTest extends SessionFixture {

  private static final Duration BOUND = Duration.ofSeconds(20);

  private final Map<String, JobFunction> functions =
      new LinkedHashMap<>(Map.of("f", job -> Mono.empty()));

  private WorkerSession session(int slots) {
    Lane lane = new Lane(new Slots(slots), slots);
    functions.forEach(
        (name, code) -> lane.add(new WorkerFunction(name, code, Duration.ZERO, false)));
    return connection.open(opened -> new WorkerSession(opened, lane));
  }

  private WorkerSession introduced(int slots) {
    WorkerSession session = session(slots);
    session.register("", PATIENCE).subscribe();
    connection.written();
    return session;
  }

  // ---- the question

  @Test
  void theQuestionForFlowComesFirstThenTheClientIdThenTheFunctions() {
    functions.put("große", job -> Mono.empty());
    session(9).register("me", PATIENCE).subscribe();
    assertThat(connection.written())
        .containsExactly(
            request(OPTION_REQ, "flow"),
            request(SET_CLIENT_ID, "me"),
            request(CAN_DO, "f"),
            request(CAN_DO, "gro\u00c3\u009fe"));
  }

  @Test
  void aWorkerWithoutANameIsNotNamed() {
    session(1).register("", PATIENCE).subscribe();
    assertThat(connection.written())
        .containsExactly(request(OPTION_REQ, "flow"), request(CAN_DO, "f"));
  }

  @Test
  void nothingIsSentBeforeTheRegistrationIsSubscribedTo() {
    session(1).register("me", PATIENCE);
    assertThat(connection.written()).isEmpty();
  }

  // ---- the answer

  @Test
  void beforeAServerThatAgreesAGrabIsSentForEachSlot() {
    introduced(3);
    connection.receive(FLOW);
    assertThat(connection.written())
        .containsExactly(request(GRAB_JOB_ALL), request(GRAB_JOB_ALL), request(GRAB_JOB_ALL));
  }

  @Test
  void beforeAServerThatRefusesOneGrabIsSentHoweverManySlotsThereAre() {
    introduced(3);
    connection.receive(PLAIN);
    assertThat(connection.written()).containsExactly(request(GRAB_JOB_ALL));
  }

  static Packet[] answers() {
    return new Packet[] {FLOW, PLAIN};
  }

  @ParameterizedTest
  @MethodSource("answers")
  void theSessionIsEmittedWithTheAnswer(Packet answer) {
    WorkerSession session = session(1);
    StepVerifier.create(session.register("", PATIENCE))
        .then(() -> connection.receive(answer))
        .expectNext(session)
        .expectComplete()
        .verify(BOUND);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anErrorAfterTheAnswerChangesNothing(Packet answer) {
    introduced(1);
    connection.receive(answer);
    connection.written();
    connection.receive(ERROR, "JOB_NOT_FOUND", "too late");
    assertThat(connection.isDisposed()).isFalse();
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void anErrorAfterTheAgreementDoesNotEndIt() {
    introduced(1);
    connection.receive(FLOW);
    connection.receive(ERROR, "JOB_NOT_FOUND", "too late");
    assign(HANDLE);
    assertThat(connection.written()).endsWith(request(GRAB_JOB_ALL));
  }

  @Test
  void packetsThatAreNoAnswerBeginNothing() {
    introduced(1);
    connection.receive(JOB_CREATED, "H:9");
    assertThat(connection.isDisposed()).isFalse();
    assertThat(connection.written()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anAgreementThatAnswersNothingIsAProtocolError(Packet answer) {
    introduced(1);
    connection.receive(answer);
    connection.receive(FLOW);
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContainingAll("scripted:4730", "OPTION_RES");
  }

  // ---- no answer

  @Test
  void theLossOfTheConnectionBeforeTheAnswerFailsTheRegistration() {
    IOException reset = new IOException("reset by peer");
    StepVerifier.create(session(1).register("", PATIENCE))
        .then(() -> connection.close(reset))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(ConnectionException.class)
                    .hasCause(reset)
                    .hasMessageContainingAll("scripted:4730", "reset by peer"))
        .verify(BOUND);
  }

  @Test
  void aServerThatDoesNotAnswerInTimeFailsTheRegistration() {
    WorkerSession session = session(1);
    StepVerifier.withVirtualTime(() -> session.register("", Duration.ofSeconds(7)))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(6_999))
        .thenAwait(Duration.ofMillis(1))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContainingAll("scripted:4730", "OPTION_REQ", "7000 ms"))
        .verify(BOUND);
  }

  @Test
  void aServerThatAnswersInTimeMayBeSilentAfterwards() {
    WorkerSession session = session(1);
    StepVerifier.withVirtualTime(
            () -> session.register("", Duration.ofSeconds(7)).thenMany(session.onClose()))
        .expectSubscription()
        .then(() -> connection.receive(PLAIN))
        .expectNoEvent(Duration.ofHours(1))
        .thenCancel()
        .verify(BOUND);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.STATUS_RES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.testkit.ScriptedConnection.request;
import static io.gearman.testkit.ScriptedConnection.response;
import static io.gearman.testkit.ScriptedServer.END;
import static io.gearman.testkit.ScriptedServer.FUNCTION;
import static io.gearman.testkit.ScriptedServer.HANDLE;
import static io.gearman.testkit.ScriptedServer.PART;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.protocol.ProtocolException;
import io.gearman.testkit.ScriptedServer;
import io.gearman.testkit.ScriptedServer.ClientPoint;
import io.gearman.testkit.ScriptedServer.Conversation;
import io.gearman.transport.Backoff;
import io.gearman.transport.ConnectionSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** A client of servers that die. */
class GearmanClientFaultTest {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final JobRequest JOB = JobRequest.of(FUNCTION, "workload".getBytes(ISO_8859_1));

  private final ScriptedServer server = ScriptedServer.start();
  private final Sinks.Empty<Void> disconnected = Sinks.empty();
  private final GearmanClient client =
      GearmanClient.builder(server.address())
          .clientId("me")
          .connectLimit(Duration.ofSeconds(3))
          .connection(
              ConnectionSettings.defaults()
                  .withBackoff(new Backoff(Duration.ofMillis(10), Duration.ofMillis(50)))
                  .withTcp(tcp -> tcp.doOnDisconnected(lost -> disconnected.tryEmitEmpty())))
          .build();

  @AfterEach
  void close() {
    client.dispose();
    server.close();
  }

  private Mono<String> call() {
    return client
        .call(JOB.function(), JOB.workload())
        .map(result -> new String(result, ISO_8859_1));
  }

  private static Consumer<Throwable> lostWhen(Phase phase) {
    return error ->
        assertThat(error)
            .isInstanceOfSatisfying(
                ConnectionException.class, lost -> assertThat(lost.phase()).isEqualTo(phase));
  }

  private static List<Phase> phases(ClientPoint death) {
    return switch (death) {
      case ON_ACCEPT -> List.of(Phase.CONNECT);
      case AFTER_INTRODUCTION -> List.of(Phase.CONNECT, Phase.UNANSWERED); // written or just not
      case AFTER_SUBMIT -> List.of(Phase.UNANSWERED);
      default -> List.of(Phase.ACCEPTED);
    };
  }

  private List<JobEvent> events(ClientPoint death) {
    JobEvent created = new JobEvent.Created(new JobHandle(server.address().toString(), HANDLE));
    return switch (death) {
      case ON_ACCEPT, AFTER_INTRODUCTION, AFTER_SUBMIT -> List.of();
      case AFTER_JOB_CREATED, IN_MID_PACKET -> List.of(created);
      default -> List.of(created, new JobEvent.Data(PART.getBytes(ISO_8859_1)));
    };
  }

  @ParameterizedTest
  @EnumSource(mode = EXCLUDE, names = "AFTER_COMPLETE")
  void theErrorSaysHowFarTheJobHadCome(ClientPoint death) {
    StepVerifier.create(client.run(JOB))
        .then(() -> server.dieAt(death))
        .expectNextSequence(events(death))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ConnectionException.class,
                        lost -> assertThat(lost.phase()).isIn(phases(death))))
        .verify(BOUND);
  }

  @ParameterizedTest
  @EnumSource(mode = EXCLUDE, names = "AFTER_COMPLETE")
  void theNextCallWorksOnANewConnectionThatIsIntroducedAnew(ClientPoint death) {
    StepVerifier.create(call()).then(() -> server.dieAt(death)).expectError().verify(BOUND);
    StepVerifier.create(call())
        .then(
            () ->
                assertThat(server.serve(ClientPoint.AFTER_COMPLETE).heard())
                    .containsExactly(
                        request(SET_CLIENT_ID, "me"),
                        request(OPTION_REQ, "exceptions"),
                        request(OPTION_REQ, "flow"),
                        request(SUBMIT_JOB, FUNCTION, "", "workload")))
        .expectNext(PART + END)
        .expectComplete()
        .verify(BOUND);
  }

  @ParameterizedTest
  @EnumSource(mode = EXCLUDE, names = "AFTER_COMPLETE")
  void aCallThatIsRetriedAtOnceGetsANewConnection(ClientPoint death) {
    StepVerifier.create(call().retry(1))
        .then(() -> server.dieAt(death))
        .then(() -> server.serve(ClientPoint.AFTER_COMPLETE))
        .expectNext(PART + END)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aConnectionThatWasLostWhileIdleIsReplaced() {
    StepVerifier.create(call())
        .then(() -> server.dieAt(ClientPoint.AFTER_COMPLETE))
        .expectNext(PART + END)
        .expectComplete()
        .verify(BOUND);
    disconnected.asMono().block(BOUND);
    StepVerifier.create(call())
        .then(() -> server.serve(ClientPoint.AFTER_COMPLETE))
        .expectNext(PART + END)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aServerThatIsDownIsTriedAgainAtTheNextCall() {
    server.refuses();
    StepVerifier.create(call())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .satisfies(lostWhen(Phase.CONNECT))
                    .hasMessageContaining(server.address().toString()))
        .verify(BOUND);
    server.acceptsAgain();
    StepVerifier.create(call())
        .then(() -> server.serve(ClientPoint.AFTER_COMPLETE))
        .expectNext(PART + END)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aResetIsALossWithItsCause() {
    StepVerifier.create(call())
        .then(() -> server.serve(ClientPoint.AFTER_SUBMIT).peer().reset())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .satisfies(lostWhen(Phase.UNANSWERED))
                    .hasCauseInstanceOf(IOException.class))
        .verify(BOUND);
  }

  @Test
  void aServerThatSpeaksSomethingElseIsLeft() {
    StepVerifier.create(call())
        .then(
            () -> {
              var peer = server.serve(ClientPoint.AFTER_SUBMIT).peer();
              peer.command("HTTP/1.1 400 Bad Request").expectClosed();
            })
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .satisfies(lostWhen(Phase.UNANSWERED))
                    .hasCauseInstanceOf(ProtocolException.class))
        .verify(BOUND);
  }

  @Test
  void nothingIsHeardOfAServerAfterItsFirstWrongAnswer() {
    StepVerifier.create(call())
        .then(
            () ->
                server
                    .serve(ClientPoint.AFTER_SUBMIT)
                    .peer()
                    .send(
                        response(STATUS_RES, HANDLE, "1", "1", "0", "0"),
                        response(JOB_CREATED, HANDLE),
                        response(WORK_COMPLETE, HANDLE, END)))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .satisfies(lostWhen(Phase.UNANSWERED))
                    .hasCauseInstanceOf(ProtocolException.class))
        .verify(BOUND);
  }

  @Test
  void disposingEndsWhatRunsAndClosesTheConnection() {
    StepVerifier.create(call())
        .then(
            () -> {
              Conversation conversation = server.serve(ClientPoint.AFTER_SUBMIT);
              client.dispose();
              conversation.peer().expectClosed();
            })
        .expectErrorSatisfies(lostWhen(Phase.UNANSWERED))
        .verify(BOUND);
    assertThat(client.isDisposed()).isTrue();
  }

  @Test
  void aCallOfAClientThatWasDisposedFails() {
    client.dispose();
    StepVerifier.create(call()).expectErrorSatisfies(lostWhen(Phase.CONNECT)).verify(BOUND);
  }

  @Test
  void disposingAlsoClosesTheConnectionOfAStream() {
    List<Conversation> connections = new ArrayList<>();
    StepVerifier.create(client.run(JOB), 1)
        .then(() -> connections.add(server.serve(ClientPoint.AFTER_INTRODUCTION)))
        .then(() -> connections.add(server.serve(ClientPoint.AFTER_JOB_CREATED)))
        .expectNextCount(1)
        .then(client::dispose)
        .expectErrorSatisfies(lostWhen(Phase.ACCEPTED))
        .verify(BOUND);
    assertThat(connections).hasSize(2).allSatisfy(connection -> connection.peer().expectClosed());
  }
}

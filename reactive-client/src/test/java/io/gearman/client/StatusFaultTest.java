// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.testkit.ScriptedConnection.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.UniqueStatus;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.ScriptedServer;
import io.gearman.testkit.ScriptedServer.ClientPoint;
import io.gearman.testkit.WireClient;
import io.gearman.transport.Backoff;
import io.gearman.transport.ConnectionSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** Questions about jobs over real sockets, to servers that answer, refuse and die. */
class StatusFaultTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Duration PERIOD = Duration.ofMillis(20);
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final JobStatus RUNNING = new JobStatus(true, true, 3, 4);
  private static final JobStatus GONE = new JobStatus(false, false, 0, 0);

  private final ScriptedServer first = ScriptedServer.start();
  private final ScriptedServer second = ScriptedServer.start();
  private final GearmanClient client =
      GearmanClient.builder(List.of(first.address(), second.address()))
          .clientId("me")
          .connectLimit(CONNECT_LIMIT)
          .connection(
              ConnectionSettings.defaults()
                  .withBackoff(new Backoff(Duration.ofMillis(10), Duration.ofMillis(50))))
          .build();
  private final JobHandle handle = new JobHandle(first.address().toString(), "H:1");

  @AfterEach
  void close() {
    client.dispose();
    first.close();
    second.close();
  }

  private static WireClient introduced(ScriptedServer server) {
    return server.serve(ClientPoint.AFTER_INTRODUCTION).peer();
  }

  private static void answer(WireClient peer, String... status) {
    peer.receive(PacketType.GET_STATUS);
    peer.send(response(PacketType.STATUS_RES, status));
  }

  private static void answerByUnique(WireClient peer, String... status) {
    assertThat(peer.receive(PacketType.GET_STATUS_UNIQUE).text(0)).isEqualTo("order-17");
    peer.send(response(PacketType.STATUS_RES_UNIQUE, status));
  }

  @Test
  void aWatchGoesOnOverANewConnection() {
    StepVerifier.create(client.watch(handle, PERIOD))
        .then(
            () -> {
              WireClient peer = introduced(first);
              answer(peer, "H:1", "1", "1", "3", "4");
              peer.receive(PacketType.GET_STATUS);
              peer.close();
            })
        .expectNext(RUNNING)
        .then(() -> answer(introduced(first), "H:1", "0", "0", "0", "0"))
        .expectNext(GONE)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aWatchFailsIfItsServerDoesNotComeBackInTime() {
    StepVerifier.create(client.watch(handle, PERIOD))
        .then(
            () -> {
              WireClient peer = introduced(first);
              answer(peer, "H:1", "1", "1", "3", "4");
              first.refuses();
              peer.receive(PacketType.GET_STATUS);
              peer.close();
            })
        .expectNext(RUNNING)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ConnectionException.class,
                        lost ->
                            assertThat(lost.phase()).isEqualTo(ConnectionException.Phase.CONNECT)))
        .verify(BOUND);
  }

  @Test
  void allServersAreAskedForAUniqueIdAndTheOneThatKnowsItAnswers() {
    StepVerifier.create(client.statusByUnique("order-17"))
        .then(
            () -> {
              answerByUnique(introduced(first), "order-17", "0", "0", "0", "0", "0");
              answerByUnique(introduced(second), "order-17", "1", "1", "3", "4", "2");
            })
        .expectNext(new UniqueStatus(RUNNING, 2))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aServerThatKnowsTheIdIsEnough() {
    second.refuses();
    StepVerifier.create(client.statusByUnique("order-17"))
        .then(() -> answerByUnique(introduced(first), "order-17", "1", "0", "0", "0", "1"))
        .expectNext(new UniqueStatus(new JobStatus(true, false, 0, 0), 1))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void anIdThatNoServerKnowsIsUnknown() {
    StepVerifier.create(client.statusByUnique("order-17"))
        .then(
            () -> {
              answerByUnique(introduced(first), "order-17", "0", "0", "0", "0", "0");
              answerByUnique(introduced(second), "order-17", "0", "0", "0", "0", "0");
            })
        .expectNext(new UniqueStatus(GONE, 0))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void whereOneServerCannotBeAskedAnUnknownIdIsNotSaidToBeUnknown() {
    second.refuses();
    StepVerifier.create(client.statusByUnique("order-17"))
        .then(() -> answerByUnique(introduced(first), "order-17", "0", "0", "0", "0", "0"))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ConnectionException.class,
                        down -> assertThat(down.server()).isEqualTo(second.address().toString())))
        .verify(BOUND);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "an id of sixty-four bytes, of which servers would keep sixty-three bytes"
      })
  void whatServersCannotBeAskedForIsRefused(String unique) {
    StepVerifier.create(client.statusByUnique(unique))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining('"' + unique + '"'))
        .verify(BOUND);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.testkit.ScriptedConnection.response;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.JobHandle;
import io.gearman.JobTimeoutException;
import io.gearman.QueueFullException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.ScriptedServer;
import io.gearman.testkit.ScriptedServer.ClientPoint;
import io.gearman.testkit.WireClient;
import io.gearman.transport.Backoff;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ConnectionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** A client of two servers over real sockets. */
class ManyServersTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final JobRequest JOB =
      JobRequest.of(ScriptedServer.FUNCTION, "workload".getBytes(ISO_8859_1));

  private final ScriptedServer first = ScriptedServer.start();
  private final ScriptedServer second = ScriptedServer.start();
  private final GearmanClient client =
      GearmanClient.builder(List.of(first.address(), second.address()))
          .clientId("me")
          .preference(BOUND)
          .connection(
              ConnectionSettings.defaults()
                  .withBackoff(new Backoff(Duration.ofMillis(10), Duration.ofMillis(50))))
          .build();

  @AfterEach
  void close() {
    client.dispose();
    first.close();
    second.close();
  }

  private static WireClient introduced(ScriptedServer server) {
    return server.serve(ClientPoint.AFTER_INTRODUCTION).peer();
  }

  private static void accept(WireClient peer, PacketType submission, String handle) {
    peer.receive(submission);
    peer.respond(PacketType.JOB_CREATED, handle);
  }

  private JobHandle handle(ScriptedServer server, String id) {
    return new JobHandle(server.address().toString(), id);
  }

  @Test
  void jobsGoToTheFirstServerAndTheirHandlesSayWhich() {
    StepVerifier.create(client.enqueue(JOB))
        .then(
            () -> {
              WireClient peer = introduced(first);
              introduced(second);
              accept(peer, PacketType.SUBMIT_JOB_BG, "H:1");
            })
        .expectNext(handle(first, "H:1"))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aJobGoesToTheSecondServerIfTheFirstIsDown() {
    first.refuses();
    StepVerifier.create(client.enqueue(JOB))
        .then(() -> accept(introduced(second), PacketType.SUBMIT_JOB_BG, "H:2"))
        .expectNext(handle(second, "H:2"))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aJobThatOneServerRefusesMovesOnToTheNext() {
    StepVerifier.create(client.enqueue(JOB))
        .then(
            () -> {
              WireClient full = introduced(first);
              WireClient other = introduced(second);
              full.receive(PacketType.SUBMIT_JOB_BG);
              full.respond(PacketType.ERROR, "QUEUE_ERROR", "Job queue is full");
              accept(other, PacketType.SUBMIT_JOB_BG, "H:2");
            })
        .expectNext(handle(second, "H:2"))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aJobThatAllServersRefuseFails() {
    StepVerifier.create(client.enqueue(JOB))
        .then(
            () -> {
              for (WireClient peer : List.of(introduced(first), introduced(second))) {
                peer.receive(PacketType.SUBMIT_JOB_BG);
                peer.respond(PacketType.ERROR, "QUEUE_ERROR", "Job queue is full");
              }
            })
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        QueueFullException.class,
                        full -> assertThat(full.server()).isEqualTo(second.address().toString())))
        .verify(BOUND);
  }

  @Test
  void aServerIsAskedForTheJobsItAccepted() {
    StepVerifier.create(client.status(handle(second, "H:7")))
        .then(
            () -> {
              introduced(first);
              WireClient peer = introduced(second);
              Packet asked = peer.receive(PacketType.GET_STATUS);
              assertThat(asked.text(0)).isEqualTo("H:7");
              peer.send(response(PacketType.STATUS_RES, "H:7", "1", "1", "3", "4"));
            })
        .assertNext(status -> assertThat(status.done()).isEqualTo(3))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aJobIsCancelledInTextAtTheServerThatAcceptedIt() {
    StepVerifier.create(client.cancel(handle(second, "H:7")))
        .then(
            () -> {
              WireClient peer = second.serve(ClientPoint.ON_ACCEPT).peer();
              assertThat(peer.receiveLine()).isEqualTo("cancel job H:7\r");
              peer.command("OK");
            })
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aJobWhoseFateIsUnknownIsNotSentAgain() {
    StepVerifier.create(client.enqueue(JOB))
        .then(
            () -> {
              WireClient peer = introduced(first);
              introduced(second);
              peer.receive(PacketType.SUBMIT_JOB_BG);
              peer.close();
            })
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ConnectionException.class,
                        lost ->
                            assertThat(lost.phase())
                                .isEqualTo(ConnectionException.Phase.UNANSWERED)))
        .verify(BOUND);
  }

  @Test
  void aJobThatAllowsItIsSentAgainWithTheSameId() {
    GearmanClient ofOne = GearmanClient.builder(first.address()).clientId("me").build();
    List<String> ids = new ArrayList<>();
    StepVerifier.create(ofOne.enqueue(JOB.withAttempts(2)))
        .then(
            () -> {
              WireClient peer = introduced(first);
              ids.add(peer.receive(PacketType.SUBMIT_JOB_BG).text(1));
              peer.close();
              WireClient again = introduced(first);
              ids.add(again.receive(PacketType.SUBMIT_JOB_BG).text(1));
              again.respond(PacketType.JOB_CREATED, "H:1");
            })
        .expectNext(handle(first, "H:1"))
        .expectComplete()
        .verify(BOUND);
    ofOne.dispose();
    assertThat(ids.get(0)).hasSize(36).isEqualTo(ids.get(1));
  }

  private static void isUnknown(Throwable error, Class<?> last) {
    assertThat(error)
        .isInstanceOfSatisfying(
            ConnectionException.class,
            lost -> assertThat(lost.phase()).isEqualTo(ConnectionException.Phase.UNANSWERED));
    assertThat(error.getSuppressed()).singleElement().isInstanceOf(last);
  }

  @Test
  void thatTheNextAttemptIsRefusedDoesNotSayThatTheJobWasNotAccepted() {
    GearmanClient ofOne = GearmanClient.builder(first.address()).clientId("me").build();
    StepVerifier.create(ofOne.enqueue(JOB.withAttempts(2)))
        .then(
            () -> {
              WireClient peer = introduced(first);
              peer.receive(PacketType.SUBMIT_JOB_BG);
              peer.close();
              WireClient again = introduced(first);
              again.receive(PacketType.SUBMIT_JOB_BG);
              again.respond(PacketType.ERROR, "QUEUE_ERROR", "Job queue is full");
            })
        .expectErrorSatisfies(error -> isUnknown(error, QueueFullException.class))
        .verify(BOUND);
    ofOne.dispose();
  }

  @Test
  void thatNoServerIsThereForTheNextAttemptDoesNotSayThatTheJobWasNotAccepted() {
    GearmanClient ofOne = GearmanClient.builder(first.address()).clientId("me").build();
    StepVerifier.create(ofOne.enqueue(JOB.withAttempts(2)))
        .then(
            () -> {
              WireClient peer = introduced(first);
              peer.receive(PacketType.SUBMIT_JOB_BG);
              first.refuses();
              peer.close();
              ofOne
                  .states()
                  .filter(state -> state.status() == ConnectionState.Status.DOWN)
                  .blockFirst(BOUND);
              ofOne.dispose();
            })
        .expectErrorSatisfies(error -> isUnknown(error, ConnectionException.class))
        .verify(BOUND);
  }

  @Test
  void aJobThatIsToFailFastMovesOnIfAServerDoesNotSayWhetherItHasAWorker() {
    StepVerifier.create(client.enqueue(JOB.withFailFast(true)))
        .then(
            () -> {
              introduced(first);
              WireClient other = introduced(second);
              first.serve(ClientPoint.ON_ACCEPT).peer().close();
              second.serve(ClientPoint.ON_ACCEPT).peer().command("f\t0\t0\t1\n.");
              accept(other, PacketType.SUBMIT_JOB_BG, "H:2");
            })
        .expectNext(handle(second, "H:2"))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aJobThatIsToFailFastIsNotSentToServersWithoutAWorker() {
    StepVerifier.create(client.enqueue(JOB.withFailFast(true)))
        .then(
            () -> {
              introduced(first);
              WireClient other = introduced(second);
              first.serve(ClientPoint.ON_ACCEPT).peer().command("f\t0\t0\t0\n.");
              second.serve(ClientPoint.ON_ACCEPT).peer().command("f\t0\t0\t1\n.");
              accept(other, PacketType.SUBMIT_JOB_BG, "H:2");
            })
        .expectNext(handle(second, "H:2"))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void theTotalLimitEndsAJob() {
    StepVerifier.create(client.run(JOB.withTotalLimit(Duration.ofSeconds(6))).then())
        .then(
            () -> {
              WireClient peer = introduced(first);
              accept(peer, PacketType.SUBMIT_JOB, "H:1");
            })
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        JobTimeoutException.class,
                        late ->
                            assertThat(late.limit()).isEqualTo(JobTimeoutException.Limit.TOTAL)))
        .verify(BOUND);
  }

  @Test
  void theStatesOfAllServersAreSeen() {
    StepVerifier.create(client.states().map(ConnectionState::server).distinct().take(2))
        .expectNext(first.address(), second.address())
        .expectComplete()
        .verify(BOUND);
  }
}

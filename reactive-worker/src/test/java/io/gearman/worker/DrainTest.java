// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.testkit.ScriptedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** What is said to a server when a worker is shut down. */
class DrainTest extends SessionFixture {

  private static final Packet SLEEP = request(PRE_SLEEP);
  private static final Packet QUESTION = request(ECHO_REQ, "drained");

  private final Slots slots = new Slots(3);
  private final Lane lane =
      new Lane(slots, 3).add(new WorkerFunction("f", job -> run(), Duration.ZERO, false));
  private final List<Sinks.Empty<JobUpdate>> running = new ArrayList<>();

  private Mono<JobUpdate> run() {
    Sinks.Empty<JobUpdate> end = Sinks.empty();
    running.add(end);
    return end.asMono();
  }

  private void begin(ScriptedConnection connection, Packet answer) {
    WorkerSession session = connection.open(opened -> new WorkerSession(opened, lane));
    session.register("", PATIENCE).subscribe();
    connection.receive(answer);
    connection.written();
  }

  static Packet[] answers() {
    return new Packet[] {FLOW, PLAIN};
  }

  @ParameterizedTest
  @MethodSource("answers")
  void theWorkerSleepsAndItsJobsGoOn(Packet answer) {
    begin(connection, answer);
    assign("H:1");
    connection.written();
    StepVerifier.create(slots.drain())
        .then(
            () -> {
              assertThat(connection.written()).containsExactly(SLEEP);
              connection.receive(NO_JOB); // two slots, two grabs
              connection.receive(NO_JOB);
              assertThat(connection.written()).isEmpty();
              running.get(0).tryEmitEmpty();
              assertThat(connection.written())
                  .containsExactly(request(WORK_COMPLETE, "H:1", ""), QUESTION);
            })
        .then(() -> connection.receive(ECHO_RES, "drained"))
        .verifyComplete();
    assertThat(slots.ended()).isEqualTo(new Drained(1, 0));
  }

  @Test
  void wakeUpsAreIgnored() {
    begin(connection, PLAIN);
    connection.receive(NO_JOB);
    slots.drain();
    connection.written();
    connection.receive(NOOP);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aJobThatWasOnItsWayIsRun() {
    begin(connection, PLAIN);
    slots.drain();
    assertThat(connection.written()).containsExactly(SLEEP);
    assign("H:1");
    assertThat(running).hasSize(1);
    running.get(0).tryEmitEmpty();
    assertThat(connection.written()).containsExactly(request(WORK_COMPLETE, "H:1", ""), QUESTION);
  }

  @Test
  void theAnswerToAnotherQuestionIsNoSign() {
    begin(connection, PLAIN);
    connection.receive(NO_JOB);
    StepVerifier.create(slots.drain())
        .expectSubscription()
        .then(() -> connection.receive(ECHO_RES, "other"))
        .expectNoEvent(Duration.ofMillis(50))
        .then(() -> connection.receive(ECHO_RES, "drained"))
        .verifyComplete();
  }

  @Test
  void allServersAreWaitedFor() {
    ScriptedConnection other = new ScriptedConnection();
    begin(connection, PLAIN);
    begin(other, PLAIN);
    connection.receive(NO_JOB);
    other.receive(NO_JOB);
    StepVerifier.create(slots.drain())
        .expectSubscription()
        .then(() -> connection.receive(ECHO_RES, "drained"))
        .expectNoEvent(Duration.ofMillis(50))
        .then(() -> other.receive(ECHO_RES, "drained"))
        .verifyComplete();
  }

  @Test
  void aServerThatIsLostIsNotWaitedFor() {
    begin(connection, PLAIN);
    assign("H:1");
    StepVerifier.create(slots.drain()).then(() -> connection.close(null)).verifyComplete();
    assertThat(slots.ended()).isEqualTo(new Drained(0, 1));
  }

  @Test
  void withoutAServerThereIsNothingToWaitFor() {
    StepVerifier.create(slots.drain()).verifyComplete();
  }
}

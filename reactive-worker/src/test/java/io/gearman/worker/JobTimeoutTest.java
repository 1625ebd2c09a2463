// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.CAN_DO_TIMEOUT;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.transport.ConnectionSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

/** How long a job may run. */
class JobTimeoutTest extends SessionFixture {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Packet GRAB = request(GRAB_JOB_ALL);
  private static final Packet GIVEN_UP =
      request(
          WORK_EXCEPTION,
          HANDLE,
          "java.util.concurrent.TimeoutException:"
              + " Function f was given up after its timeout of 5000 ms");

  private final TestPublisher<JobUpdate> publisher = TestPublisher.create();
  private VirtualTimeScheduler time;

  @BeforeEach
  void stopTime() {
    time = VirtualTimeScheduler.getOrSet();
  }

  @AfterEach
  void resetTime() {
    VirtualTimeScheduler.reset();
  }

  private void begin(Packet answer, int slots, boolean serverTimeout) {
    Lane lane =
        new Lane(new Slots(slots), slots)
            .add(new WorkerFunction("f", job -> publisher, TIMEOUT, serverTimeout));
    WorkerSession session = connection.open(opened -> new WorkerSession(opened, lane));
    session.register("", PATIENCE).subscribe();
    connection.receive(answer);
  }

  private void assigned() {
    connection.written();
    assign(HANDLE);
  }

  @Test
  void aJobThatDoesNotEndIsEndedAndItsPublisherCancelled() {
    begin(PLAIN, 1, false);
    assigned();
    time.advanceTimeBy(TIMEOUT.minusMillis(1));
    assertThat(connection.written()).isEmpty();
    time.advanceTimeBy(Duration.ofMillis(1));
    assertThat(connection.written()).containsExactly(GIVEN_UP, GRAB);
    publisher.assertCancelled();
  }

  @Test
  void whatItSaysAfterwardsIsNotHeard() {
    begin(PLAIN, 1, false);
    assigned();
    time.advanceTimeBy(TIMEOUT);
    connection.written();
    publisher.complete();
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aJobThatHasEndedIsNotEndedAgain() {
    begin(PLAIN, 1, false);
    assigned();
    publisher.complete();
    assertThat(connection.written()).containsExactly(request(WORK_COMPLETE, HANDLE, ""), GRAB);
    time.advanceTimeBy(TIMEOUT);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void theTimeGoesOnWhileAJobWaitsForItsReader() {
    begin(FLOW, 1, false);
    assigned();
    publisher.next(data("first"), data("waits for credit"));
    connection.written();
    time.advanceTimeBy(TIMEOUT);
    assertThat(connection.written()).containsExactly(GIVEN_UP, GRAB);
  }

  // ---- the server's clock

  @Test
  void theServerIsGivenASecondMore() {
    begin(PLAIN, 1, true);
    assertThat(connection.written())
        .containsExactly(request(OPTION_REQ, "flow"), request(CAN_DO_TIMEOUT, "f", "6000"), GRAB);
  }

  @Test
  void aPlainServerThatKeepsTimeIsAskedForOneJobAtATime() {
    begin(PLAIN, 2, true);
    assigned();
    assertThat(connection.written()).isEmpty();
    publisher.complete();
    assertThat(connection.written()).containsExactly(request(WORK_COMPLETE, HANDLE, ""), GRAB);
  }

  @Test
  void oneWithFlowKeepsTimeForEachJob() {
    begin(FLOW, 2, true);
    assertThat(connection.written()).containsSequence(GRAB, GRAB);
  }

  @Test
  void aPlainServerWithoutATimeoutIsAskedForMore() {
    begin(PLAIN, 2, false);
    assigned();
    assertThat(connection.written()).containsExactly(GRAB);
  }

  // ---- which function has which

  private static List<Lane> lanes(FunctionSettings... settings) {
    Map<String, WorkerSettings.Function> functions = new LinkedHashMap<>();
    for (FunctionSettings its : settings) {
      functions.put("f" + functions.size(), new WorkerSettings.Function(job -> Flux.never(), its));
    }
    return Lane.of(
        new Slots(4),
        new WorkerSettings(
            List.of(),
            ConnectionSettings.defaults(),
            "",
            "",
            4,
            Duration.ofSeconds(9),
            Duration.ofSeconds(30),
            functions));
  }

  @Test
  void functionsWithoutSettingsShareConnectionsAndTheTimeoutOfTheWorkerOfWhichNoServerIsTold() {
    List<Lane> lanes = lanes(FunctionSettings.defaults(), FunctionSettings.defaults());
    assertThat(lanes).hasSize(1);
    assertThat(lanes.get(0).functions())
        .extracting(WorkerFunction::name, WorkerFunction::timeout, WorkerFunction::hasServerTimeout)
        .containsExactly(
            tuple("f0", Duration.ofSeconds(9), false), tuple("f1", Duration.ofSeconds(9), false));
  }

  static FunctionSettings[] ownSettings() {
    return new FunctionSettings[] {
      FunctionSettings.defaults().withConcurrency(2),
      FunctionSettings.defaults().withTimeout(TIMEOUT)
    };
  }

  @ParameterizedTest
  @MethodSource("ownSettings")
  void aFunctionWithALimitOrATimeoutHasConnectionsOfItsOwn(FunctionSettings own) {
    List<Lane> lanes = lanes(own, FunctionSettings.defaults(), own);
    assertThat(lanes)
        .extracting(
            lane -> {
              WorkerFunction only = lane.functions().iterator().next();
              return only.name();
            })
        .containsExactly("f1", "f0", "f2");
  }

  @Test
  void aTimeoutOfItsOwnGoesBeforeThatOfTheWorker() {
    List<Lane> lanes = lanes(FunctionSettings.defaults().withTimeout(TIMEOUT));
    assertThat(lanes.get(0).functions())
        .extracting(WorkerFunction::timeout, WorkerFunction::hasServerTimeout)
        .containsExactly(tuple(TIMEOUT, true));
  }

  @Test
  void aLimitHoldsAlthoughTheWorkerHasMoreSlots() {
    Lane lane = lanes(FunctionSettings.defaults().withConcurrency(2)).get(0);
    assertThat(List.of(lane.take(), lane.take(), lane.take())).containsExactly(true, true, false);
    lane.giveBack();
    assertThat(lane.take()).isTrue();
  }

  @Test
  void aSleepingWorkerIsNotHeldUpByItsTimeouts() {
    begin(PLAIN, 1, true);
    connection.written();
    connection.receive(NO_JOB);
    assertThat(connection.written()).containsExactly(request(PRE_SLEEP));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import static io.gearman.contract.Wire.bytes;
import static io.gearman.contract.Wire.request;
import static io.gearman.contract.Wire.response;
import static io.gearman.protocol.PacketType.*;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every job server does on the wire: ours, and gearmand 1.1.20. */
interface JobServerContract {

  RunningServer server();

  /** A connection that knows these functions, and has been heard. */
  default WireClient worker(String... functions) {
    WireClient worker = server().connect();
    for (String function : functions) {
      worker.request(CAN_DO, function);
    }
    return settled(worker);
  }

  /** Everything this connection sent has been worked off when its echo is back. */
  static WireClient settled(WireClient connection) {
    connection.request(ECHO_REQ, "settled").expect(response(ECHO_RES, "settled"));
    return connection;
  }

  static String submit(
      WireClient client, PacketType type, String function, String unique, String workload) {
    return client.request(type, function, unique, workload).receive(JOB_CREATED).text(0);
  }

  static Packet grab(WireClient worker) {
    return worker.request(GRAB_JOB_UNIQ).receive(JOB_ASSIGN_UNIQ);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, 65_535, 65_536, 1 << 20, (16 << 20) + 1})
  default void anEchoComesBackAsItWas(int size) {
    byte[] data = new byte[size];
    new Random(size).nextBytes(data);
    server().connect().send(Packet.request(ECHO_REQ, data)).expect(Packet.response(ECHO_RES, data));
  }

  @Test
  default void aForegroundJobTravelsToAWorkerAndItsEventsBack() {
    WireClient client = server().connect();
    WireClient worker = worker("f");
    String handle = submit(client, SUBMIT_JOB, "f", "", "work\0load");
    worker.request(GRAB_JOB).expect(response(JOB_ASSIGN, handle, "f", "work\0load"));
    worker.request(WORK_DATA, handle, "da\0ta").request(WORK_WARNING, handle, "");
    worker.request(WORK_STATUS, handle, "1", "2").request(WORK_COMPLETE, handle, "end");
    client.expect(response(WORK_DATA, handle, "da\0ta"));
    client.expect(response(WORK_WARNING, handle, ""));
    client.expect(response(WORK_STATUS, handle, "1", "2"));
    client.expect(response(WORK_COMPLETE, handle, "end"));
  }

  @Test
  default void aFailureIsPassedOn() {
    WireClient client = server().connect();
    String handle = submit(client, SUBMIT_JOB, "f", "", "");
    WireClient worker = worker("f");
    grab(worker);
    worker.request(WORK_FAIL, handle);
    client.expect(response(WORK_FAIL, handle));
  }

  @Test
  default void exceptionsReachThoseWhoAskedForThemAndFailTheOthers() {
    WireClient plain = server().connect();
    WireClient asking = server().connect();
    asking.request(OPTION_REQ, "exceptions").expect(response(OPTION_RES, "exceptions"));
    String handle = submit(plain, SUBMIT_JOB, "f", "u", "");
    submit(asking, SUBMIT_JOB, "f", "u", "");
    WireClient worker = worker("f");
    grab(worker);
    worker.request(WORK_EXCEPTION, handle, "boom");
    asking.expect(response(WORK_EXCEPTION, handle, "boom"));
    String failed = plain.receive(WORK_FAIL).text(0);
    assertThat(failed)
        .isEqualTo(Difference.BARE_HANDLE_OF_A_FAILURE.isOf(server()) ? handle : handle + '\0');
  }

  @Test
  default void aBackgroundJobRunsAndTellsNobody() {
    WireClient client = server().connect();
    WireClient worker = worker("f");
    String handle = submit(client, SUBMIT_JOB_BG, "f", "", "1");
    assertThat(grab(worker)).isEqualTo(response(JOB_ASSIGN_UNIQ, handle, "f", "", "1"));
    worker.request(WORK_DATA, handle, "x").request(WORK_COMPLETE, handle, "x");
    settled(worker);
    settled(client);
  }

  @Test
  default void aSharedUniqueIdMakesOneJobForAllWhoSubmitIt() {
    WireClient one = server().connect();
    WireClient other = server().connect();
    String handle = submit(one, SUBMIT_JOB, "f", "u", "first");
    assertThat(submit(other, SUBMIT_JOB_HIGH, "f", "u", "second")).isEqualTo(handle);
    assertThat(submit(one, SUBMIT_JOB, "f", "u", "third")).isEqualTo(handle);
    assertThat(submit(one, SUBMIT_JOB, "g", "u", "")).isNotEqualTo(handle);
    WireClient worker = worker("f");
    assertThat(grab(worker).text(3)).isEqualTo("first");
    worker.request(WORK_COMPLETE, handle, "end");
    one.expect(response(WORK_COMPLETE, handle, "end"));
    one.expect(response(WORK_COMPLETE, handle, "end"));
    other.expect(response(WORK_COMPLETE, handle, "end"));
    settled(one);
  }

  @Test
  default void aDashStandsForTheWorkloadAndNothingForNone() {
    WireClient client = server().connect();
    String handle = submit(client, SUBMIT_JOB_BG, "f", "-", "same");
    assertThat(submit(client, SUBMIT_JOB_BG, "f", "-", "same")).isEqualTo(handle);
    assertThat(submit(client, SUBMIT_JOB_BG, "f", "-", "other")).isNotEqualTo(handle);
    String empty = submit(client, SUBMIT_JOB_BG, "f", "-", "");
    assertThat(submit(client, SUBMIT_JOB_BG, "f", "-", "")).isNotEqualTo(empty);
    String none = submit(client, SUBMIT_JOB_BG, "f", "", "same");
    assertThat(submit(client, SUBMIT_JOB_BG, "f", "", "same")).isNotEqualTo(none);
  }

  @Test
  default void answersKeepTheOrderOfRequestsErrorsIncluded() {
    String tooLong = "u".repeat(65);
    WireClient client = server().connect();
    client.send(
        request(SUBMIT_JOB_BG, "f", "", "1"),
        request(SUBMIT_JOB_BG, "f", tooLong, "2"),
        request(GET_STATUS, "nothing"),
        request(SUBMIT_JOB_BG, "f", "", "3"),
        request(ECHO_REQ, "x"));
    client.receive(JOB_CREATED);
    client.expect(response(ERROR, "ARGUMENT_TOO_LARGE", "Unique value too large"));
    client.expect(response(STATUS_RES, "nothing", "0", "0", "0", "0"));
    client.receive(JOB_CREATED);
    client.expect(response(ECHO_RES, "x"));
  }

  @Test
  default void jobsOfAFunctionAreServedByPriorityAndThenInOrder() {
    WireClient client = server().connect();
    submit(client, SUBMIT_JOB_LOW_BG, "f", "", "low");
    submit(client, SUBMIT_JOB_BG, "f", "", "normal 1");
    submit(client, SUBMIT_JOB_BG, "f", "", "normal 2");
    submit(client, SUBMIT_JOB_HIGH_BG, "f", "", "high");
    WireClient worker = worker("f");
    assertThat(grab(worker).text(3)).isEqualTo("high");
    assertThat(grab(worker).text(3)).isEqualTo("normal 1");
    assertThat(grab(worker).text(3)).isEqualTo("normal 2");
    assertThat(grab(worker).text(3)).isEqualTo("low");
    worker.request(GRAB_JOB).expect(response(NO_JOB));
  }

  @Test
  default void priorityBetweenFunctionsIsAsTheVersionHasIt() {
    WireClient client = server().connect();
    for (String function : new String[] {"A", "B"}) {
      submit(client, SUBMIT_JOB_BG, function, "", function + "-normal");
      submit(client, SUBMIT_JOB_HIGH_BG, function, "", function + "-high");
    }
    WireClient worker = worker("A", "B");
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      order.append(grab(worker).text(3)).append(' ');
    }
    assertThat(order)
        .hasToString(
            Difference.PRIORITY_OVER_ALL_FUNCTIONS.isOf(server())
                ? "B-high A-high B-normal A-normal "
                : "B-high B-normal A-high A-normal ");
  }

  @Test
  default void aSleepingWorkerIsWokenOnce() {
    WireClient worker = worker("f").request(PRE_SLEEP);
    settled(worker);
    WireClient client = server().connect();
    submit(client, SUBMIT_JOB_BG, "f", "", "1");
    submit(client, SUBMIT_JOB_BG, "f", "", "2");
    worker.expect(response(NOOP));
    settled(worker);
    assertThat(grab(worker).text(3)).isEqualTo("1");
  }

  @Test
  default void aWorkerThatWouldSleepOnAWaitingJobIsWokenAtOnce() {
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "1");
    worker("f").request(PRE_SLEEP).expect(response(NOOP));
  }

  @Test
  default void aWorkerThatLearnsAFunctionInItsSleepIsWokenIfTheVersionCan() {
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "1");
    WireClient worker = settled(server().connect().request(PRE_SLEEP)).request(CAN_DO, "f");
    if (Difference.NO_WORKER_SLEEPS_ON_A_WAITING_JOB.isOf(server())) {
      worker.expect(response(NOOP));
    }
    settled(worker);
  }

  @Test
  default void theWakeUpComesBeforeTheAnswerWhenWorkerAndClientAreOne() {
    WireClient both = worker("f").send(request(PRE_SLEEP), request(SUBMIT_JOB_BG, "f", "", "1"));
    both.expect(response(NOOP));
    both.receive(JOB_CREATED);
  }

  @Test
  default void theJobsOfALostWorkerRunAgain() {
    WireClient client = server().connect();
    String handle = submit(client, SUBMIT_JOB, "f", "", "1");
    WireClient lost = worker("f");
    grab(lost);
    WireClient sleeper = settled(worker("f").request(PRE_SLEEP));
    lost.close();
    sleeper.expect(response(NOOP));
    assertThat(grab(sleeper).text(0)).isEqualTo(handle);
    sleeper.request(WORK_COMPLETE, handle, "second run");
    client.expect(response(WORK_COMPLETE, handle, "second run"));
  }

  @Test
  default void aFunctionThatIsGivenUpReturnsItsRunningJobs() {
    String handle = submit(server().connect(), SUBMIT_JOB_BG, "f", "", "1");
    WireClient worker = worker("f");
    grab(worker);
    worker.request(CANT_DO, "f").request(WORK_COMPLETE, handle, "late");
    worker.expect(response(ERROR, "JOB_NOT_FOUND", "Job given in work result not found"));
    assertThat(grab(worker("f")).text(0)).isEqualTo(handle);
  }

  @Test
  default void resultsOfJobsThatAreNotHeldAreRefused() {
    String queued = submit(server().connect(), SUBMIT_JOB_BG, "f", "", "1");
    WireClient worker = worker("f");
    worker
        .request(WORK_DATA, queued, "x")
        .expect(response(ERROR, "JOB_NOT_FOUND", "Job does not exist on server"));
    worker
        .request(WORK_EXCEPTION, "H:none:1", "x")
        .expect(
            response(
                ERROR, "JOB_NOT_FOUND", "An exception was received for a job that does not exist"));
    worker
        .request(WORK_STATUS, queued, "1", "2")
        .expect(response(ERROR, "JOB_NOT_FOUND", "Job given in work result not found"));
  }

  @Test
  default void theClientOfARunningJobMayLeaveAndTheWorkerDoesNotNotice() {
    WireClient client = server().connect();
    String handle = submit(client, SUBMIT_JOB, "f", "", "1");
    WireClient worker = worker("f");
    grab(worker);
    client.close();
    settled(worker.request(WORK_DATA, handle, "x").request(WORK_COMPLETE, handle, "x"));
  }

  @Test
  default void aBackgroundJobJoinedByAForegroundClientThatLeftIsKeptIfTheVersionCan() {
    submit(server().connect(), SUBMIT_JOB_BG, "f", "u", "1");
    WireClient joined = server().connect();
    submit(joined, SUBMIT_JOB, "f", "u", "1");
    joined.shutdownOutput().expectClosed();
    PacketType answer = worker("f").request(GRAB_JOB).receive().type();
    assertThat(answer)
        .isEqualTo(
            Difference.BACKGROUND_JOBS_OUTLIVE_LISTENERS.isOf(server()) ? JOB_ASSIGN : NO_JOB);
  }

  @Test
  default void theStatusOfAJobFollowsItsLife() {
    WireClient client = server().connect();
    String handle = submit(client, SUBMIT_JOB_BG, "f", "", "1");
    client.request(GET_STATUS, handle).expect(response(STATUS_RES, handle, "1", "0", "0", "0"));
    WireClient worker = worker("f");
    grab(worker);
    settled(worker.request(WORK_STATUS, handle, "3", "10"));
    client.request(GET_STATUS, handle).expect(response(STATUS_RES, handle, "1", "1", "3", "10"));
    settled(worker.request(WORK_COMPLETE, handle, ""));
    client.request(GET_STATUS, handle).expect(response(STATUS_RES, handle, "0", "0", "0", "0"));
  }

  @Test
  default void unknownOptionsAreRefused() {
    server()
        .connect()
        .request(OPTION_REQ, "nonsense")
        .expect(response(ERROR, "UNKNOWN_OPTION", "Server does not recognize given option"));
  }

  @Test
  default void responsesAndPacketsThatNoPeerSendsAreRefusedAndTheConnectionStays() {
    WireClient client = server().connect();
    client
        .send(Packet.response(GRAB_JOB))
        .expect(response(ERROR, "INVALID_MAGIC", "Request magic expected"));
    client.request(NOOP).expect(response(ERROR, "INVALID_COMMAND", "Command not expected"));
    client.request(ALL_YOURS).expect(response(ERROR, "INVALID_COMMAND", "Command not expected"));
    settled(client);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\0REX\0\0\0\20\0\0\0\0", "\0REQ\0\0\0\0\0\0\0\0", "\0REQ\0\0\0+\0\0\0\0"})
  default void whatIsNoPacketClosesItsConnectionAndNoOther(String noPacket) {
    WireClient other = server().connect();
    server().connect().sendBytes(noPacket.getBytes(ISO_8859_1)).expectClosed();
    settled(other);
  }

  @Test
  default void packetsMayArriveByteByByte() {
    var buffer = Unpooled.buffer();
    request(ECHO_REQ, "slow").writeTo(buffer);
    WireClient client = server().connect();
    while (buffer.isReadable()) {
      client.sendBytes(new byte[] {buffer.readByte()});
    }
    client.expect(response(ECHO_RES, "slow"));
  }

  @Test
  default void textAndPacketsMixOnOneConnection() {
    var mixed = new ByteArrayOutputStream();
    mixed.writeBytes(bytes("version\r\n"));
    mixed.writeBytes(Wire.encoded(request(ECHO_REQ, "x")));
    mixed.writeBytes(bytes("nonsense\n"));
    WireClient client = server().connect().sendBytes(mixed.toByteArray());
    assertThat(client.receiveLine()).startsWith("OK ");
    client.expect(response(ECHO_RES, "x"));
    assertThat(client.receiveLine())
        .startsWith("ERR UNKNOWN_COMMAND Unknown+server+commandnonsense");
  }

  @Test
  default void statusListsFunctionsWithTheirJobsAndWorkers() {
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "1");
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "2");
    WireClient worker = worker("f", "g");
    grab(worker);
    assertThat(server().connect().command("status").receiveUntil("."))
        .contains("f\t2\t1\t1", "g\t0\t0\t1");
  }

  @Test
  default void manyConnectionsShareTheJobsFairlyEnoughThatNoneIsLost() {
    int jobs = 500;
    WireClient client = server().connect();
    for (int i = 0; i < jobs; i++) {
      client.request(SUBMIT_JOB, "f", "", Integer.toString(i));
    }
    for (int i = 0; i < jobs; i++) {
      client.receive(JOB_CREATED);
    }
    WireClient[] workers = {worker("f"), worker("f"), worker("f")};
    for (int i = 0; i < jobs; i++) {
      WireClient worker = workers[i % workers.length];
      Packet job = grab(worker);
      worker.request(WORK_COMPLETE, job.text(0), job.text(3));
    }
    boolean[] answered = new boolean[jobs];
    for (int i = 0; i < jobs; i++) {
      answered[Integer.parseInt(client.receive(WORK_COMPLETE).text(1))] = true;
    }
    assertThat(answered).containsOnly(true);
    client.expectNothing(Duration.ofMillis(50));
  }
}

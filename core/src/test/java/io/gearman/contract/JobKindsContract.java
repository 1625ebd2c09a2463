// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import static io.gearman.contract.JobServerContract.submit;
import static io.gearman.contract.Wire.bytes;
import static io.gearman.contract.Wire.response;
import static io.gearman.protocol.PacketType.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs with reducers, times and unique ids that are asked for, on every job server. */
interface JobKindsContract {

  RunningServer server();

  private WireClient worker(String function) {
    return server().connect().request(CAN_DO, function);
  }

  private static String submitReduce(WireClient client, String reducer) {
    return client
        .request(SUBMIT_REDUCE_JOB, "map", "u", reducer, "", "work\0load")
        .receive(JOB_CREATED)
        .text(0);
  }

  // ---- reducers

  @Test
  default void aReducerIsShownToAWorkerThatGrabsWithAll() {
    WireClient client = server().connect();
    String handle = submitReduce(client, "reduce");
    WireClient worker = worker("map");
    worker
        .request(GRAB_JOB_ALL)
        .expect(response(JOB_ASSIGN_ALL, handle, "map", "u", "reduce", "work\0load"));
    worker.request(WORK_COMPLETE, handle, "reduced");
    client.expect(response(WORK_COMPLETE, handle, "reduced"));
  }

  @Test
  default void aReducerIsNotShownToAWorkerThatGrabsOtherwise() {
    String handle = submitReduce(server().connect(), "reduce");
    worker("map")
        .request(GRAB_JOB_UNIQ)
        .expect(response(JOB_ASSIGN_UNIQ, handle, "map", "u", "work\0load"));
  }

  @Test
  default void aGrabWithAllOfAJobWithoutReducerIsAnsweredWithItsUniqueId() {
    String handle = submit(server().connect(), SUBMIT_JOB, "map", "u", "1");
    worker("map").request(GRAB_JOB_ALL).expect(response(JOB_ASSIGN_UNIQ, handle, "map", "u", "1"));
    String reduced = submitReduce(server().connect(), "");
    assertThat(reduced).isEqualTo(handle);
  }

  @Test
  default void aReduceJobInTheBackgroundTellsNobody() {
    WireClient client = server().connect();
    client.request(SUBMIT_REDUCE_JOB_BACKGROUND, "map", "", "reduce", "", "1").receive(JOB_CREATED);
    WireClient worker = worker("map");
    String handle = worker.request(GRAB_JOB_ALL).receive(JOB_ASSIGN_ALL).text(0);
    JobServerContract.settled(worker.request(WORK_COMPLETE, handle, ""));
    JobServerContract.settled(client);
  }

  // ---- times

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "abc", "", "-7"})
  default void aJobWhoseTimeIsPastRunsAtOnce(String epoch) {
    server().connect().request(SUBMIT_JOB_EPOCH, "f", "", epoch, "1").receive(JOB_CREATED);
    assertThat(JobServerContract.grab(worker("f")).text(3)).isEqualTo("1");
  }

  @Test
  default void aJobWhoseTimeIsAheadWaitsAndHoldsUpNoOther() {
    WireClient client = server().connect();
    String later = Long.toString(Instant.now().getEpochSecond() + 3_600);
    client.request(SUBMIT_JOB_EPOCH, "f", "", later, "later").receive(JOB_CREATED);
    submit(client, SUBMIT_JOB_BG, "f", "", "now");
    WireClient worker = worker("f");
    assertThat(JobServerContract.grab(worker).text(3)).isEqualTo("now");
    worker.request(GRAB_JOB).expect(response(NO_JOB));
  }

  @Test
  default void aSleepingWorkerIsWokenWhenTheTimeOfAJobHasComeIfTheVersionCan() { // SE-12
    WireClient worker = JobServerContract.settled(worker("f").request(PRE_SLEEP));
    String soon = Long.toString(Instant.now().getEpochSecond() + 2);
    server().connect().request(SUBMIT_JOB_EPOCH, "f", "", soon, "").receive(JOB_CREATED);
    if (Difference.DELAYED_JOBS_WAKE_WORKERS.isOf(server())) {
      worker.expect(response(NOOP));
      assertThat(Instant.now().getEpochSecond()).isGreaterThanOrEqualTo(Long.parseLong(soon));
    } else {
      worker.expect(response(NOOP)); // at once, and for nothing
      worker.request(GRAB_JOB).expect(response(NO_JOB));
    }
  }

  // ---- timeouts

  @Test
  default void aRunThatTakesTooLongIsGivenToAnotherWorker() {
    WireClient client = server().connect();
    WireClient slow = server().connect().request(CAN_DO_TIMEOUT, "f", "1000");
    String handle = submit(client, SUBMIT_JOB, "f", "", "1");
    slow.request(GRAB_JOB_UNIQ).receive(JOB_ASSIGN_UNIQ);
    WireClient other = worker("f");
    assertThat(WireEvents.grabUntilThereIsOne(other).text(0)).isEqualTo(handle);
    slow.request(WORK_COMPLETE, handle, "late")
        .expect(response(ERROR, "JOB_NOT_FOUND", "Job given in work result not found"));
    other.request(WORK_COMPLETE, handle, "in time");
    client.expect(response(WORK_COMPLETE, handle, "in time"));
  }

  @Test
  default void aTimeoutOfZeroIsNone() {
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "1");
    server().connect().request(CAN_DO_TIMEOUT, "f", "0").request(GRAB_JOB).receive(JOB_ASSIGN);
  }

  // ---- unique ids that are asked for

  @Test
  default void theStatusByUniqueIdBeginsWithItAndCountsSubmissions() {
    WireClient client = server().connect();
    String handle = submit(client, SUBMIT_JOB, "f", "u", "1");
    submit(server().connect(), SUBMIT_JOB, "f", "u", "1");
    WireClient worker = worker("f");
    JobServerContract.grab(worker);
    JobServerContract.settled(worker.request(WORK_STATUS, handle, "3", "10"));
    server()
        .connect()
        .request(GET_STATUS_UNIQUE, "u")
        .expect(response(STATUS_RES_UNIQUE, "u", "1", "1", "3", "10", "2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "-", "work"})
  default void theStatusOfAnUnknownUniqueIdIsThatNothingIsKnown(String unique) {
    submit(server().connect(), SUBMIT_JOB_BG, "f", "-", "work");
    server()
        .connect()
        .request(GET_STATUS_UNIQUE, unique)
        .expect(response(STATUS_RES_UNIQUE, unique, "0", "0", "0", "0", "0"));
  }

  @ParameterizedTest
  @EnumSource(names = {"SUBMIT_JOB", "SUBMIT_JOB_BG"})
  default void aUniqueIdOver64BytesIsRefused(io.gearman.protocol.PacketType type) {
    server()
        .connect()
        .send(Packet.request(type, bytes("f"), bytes("u".repeat(65)), bytes("")))
        .expect(response(ERROR, "ARGUMENT_TOO_LARGE", "Unique value too large"));
  }
}

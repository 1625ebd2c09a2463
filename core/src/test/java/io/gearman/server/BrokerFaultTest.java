// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.GET_STATUS;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes wrong with one connection is no matter of the others. */
class BrokerFaultTest extends BrokerFixture {

  @Test
  void aListenerThatCannotBeWrittenToIsClosedAndTheOthersHearTheEnd() {
    Connection older = connect();
    Connection broken = connect();
    Connection newer = connect();
    String handle = older.submits(SUBMIT_JOB, "f", "u", "");
    broken.submits(SUBMIT_JOB, "f", "u", "");
    newer.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = worker("f");
    worker.grabs();
    broken.outlet.broken = true;
    worker.sends(WORK_COMPLETE, handle, "result").hearsNothing();
    assertThat(broken.outlet.closed).isTrue();
    assertThat(worker.outlet.closed).isFalse();
    older.hears(WORK_COMPLETE, handle, "result");
    newer.hears(WORK_COMPLETE, handle, "result");
  }

  @Test
  void theJobsOfALostWorkerRunAgainWhoeverCannotBeToldOfIt() {
    Connection broken = flowClient();
    broken.submits(SUBMIT_JOB, "f", "u", "1");
    connect().submits(SUBMIT_JOB_BG, "f", "", "2");
    Connection worker = worker("f");
    worker.grabs();
    worker.grabs();
    worker.sends(WORK_DATA, "H:test:1:1", "begun");
    broken.outlet.broken = true;
    worker.leaves();
    assertThat(connect().says("status")).isEqualTo("f\t2\t0\t0\n.\n");
  }

  @Test
  void nothingMoreIsHeardOfAConnectionThatCannotBeWrittenTo() {
    Connection broken = connect();
    broken.outlet.broken = true;
    broker.receive(
        broken.peer,
        List.of(RecordingOutlet.request(GET_STATUS, "H:test:1:1"), "create function f"));
    assertThat(broken.outlet.closed).isTrue();
    Connection other = connect();
    assertThat(other.says("status")).isEqualTo(".\n");
    other.sends(ECHO_REQ, "x").hears(ECHO_RES, "x");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The flow extension: jobs that are given up, and jobs that start again. */
class BrokerCancellationTest extends BrokerFixture {

  @Test
  void aCancelledJobThatWaitsIsDropped() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    client.sends(WORK_CANCEL, handle).hearsNothing();
    assertThat(client.says("status")).isEqualTo("f\t0\t0\t0\n.\n");
  }

  @Test
  void aCancelledJobThatRunsIsCancelledAtTheWorkerAndEndsThere() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = running(handle, "");
    client.sends(WORK_CANCEL, handle);
    worker.hears(WORK_CANCEL, handle);
    worker.sends(WORK_FAIL, handle).hearsNothing();
    client.hearsNothing();
    assertThat(client.says("status")).isEqualTo("f\t0\t0\t1\n.\n");
  }

  @Test
  void theLossOfAConnectionCancelsAllItWaitedFor() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = running(handle, "");
    client.submits(SUBMIT_JOB, "f", "", "");
    client.leaves();
    worker.hears(WORK_CANCEL, handle);
    assertThat(connect().says("status")).isEqualTo("f\t1\t1\t1\n.\n");
  }

  @Test
  void aJobIsCancelledOnlyWithItsLastListener() {
    Connection one = flowClient();
    Connection other = flowClient();
    String handle = one.submits(SUBMIT_JOB, "f", "u", "");
    other.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = running(handle, "u");
    one.sends(WORK_CANCEL, handle);
    worker.hearsNothing();
    worker.sends(WORK_COMPLETE, handle, "");
    one.hearsNothing();
    other.hears(WORK_COMPLETE, handle, "");
  }

  @Test
  void ofTwoSubmissionsOnOneConnectionOneCanBeCancelled() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    client.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = running(handle, "u");
    client.sends(WORK_CANCEL, handle);
    worker.hearsNothing();
    worker.sends(WORK_COMPLETE, handle, "");
    client.hears(WORK_COMPLETE, handle, "");
  }

  @Test
  void aNewcomerDoesNotJoinAJobThatIsBeingCancelled() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = running(handle, "u");
    client.sends(WORK_CANCEL, handle);
    String fresh = client.submits(SUBMIT_JOB, "f", "u", "");
    assertThat(fresh).isNotEqualTo(handle);
    worker.sends(WORK_FAIL, handle);
    assertThat(flowClient().submits(SUBMIT_JOB, "f", "u", "")).isEqualTo(fresh);
  }

  @Test
  void aBackgroundJobIsNotCancelledWithItsListener() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "u", "");
    Connection listener = flowClient();
    listener.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = running(handle, "u");
    listener.sends(WORK_CANCEL, handle);
    worker.hearsNothing();
    assertThat(connect().says("status")).isEqualTo("f\t1\t1\t1\n.\n");
  }

  @Test
  void aJobThatWasBeingCancelledIsNotRunAgainWhenItsWorkerIsLost() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = running(handle, "");
    client.sends(WORK_CANCEL, handle);
    worker.leaves();
    assertThat(client.says("status")).isEqualTo("f\t0\t0\t0\n.\n");
  }

  @Test
  void aJobThatIsBeingCancelledGetsNoMoreCredit() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    client.sends(WORK_DEMAND, handle, "3");
    Connection worker = running(handle, "");
    client.sends(WORK_CANCEL, handle);
    worker.hears(WORK_CANCEL, handle);
    worker
        .sends(WORK_DATA, handle, "1")
        .sends(WORK_DATA, handle, "2")
        .sends(WORK_DATA, handle, "3");
    worker.hearsNothing();
  }

  // ---- restarts

  @Test
  void listenersHearOfARestartOnlyIfTheyHadData() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    running(handle, "").leaves();
    client.hearsNothing();
  }

  @Test
  void plainListenersHearNothingOfARestart() {
    Connection plain = connect();
    String handle = plain.submits(SUBMIT_JOB, "f", "", "");
    running(handle, "").sends(WORK_DATA, handle, "x").leaves();
    plain.hears(WORK_DATA, handle, "x");
  }

  @Test
  void aClientMayNotSendARestart() {
    Connection client = flowClient().sends(WORK_RESTARTED, "H:test:1:1");
    assertThat(client.outlet.closed).isTrue();
  }

  @Test
  void workerAndClientMayBeOne() {
    Connection both = flowWorker("f").sends(GRAB_JOB_ALL).sends(SUBMIT_JOB, "f", "", "");
    both.hears(
        response(JOB_ASSIGN_UNIQ, "H:test:1:1", "f", "", ""), response(JOB_CREATED, "H:test:1:1"));
    both.sends(WORK_DATA, "H:test:1:1", "x").hears(WORK_DATA, "H:test:1:1", "x");
    both.sends(WORK_DEMAND, "H:test:1:1", "1").hears(WORK_DEMAND, "H:test:1:1", "1");
    both.leaves();
    assertThat(connect().says("status")).isEqualTo("f\t0\t0\t0\n.\n");
  }
}

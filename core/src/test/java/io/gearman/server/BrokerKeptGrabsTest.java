// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The flow extension: grabs that wait for a job. */
class BrokerKeptGrabsTest extends BrokerFixture {

  @Test
  void aGrabThatFindsNoJobIsKeptAndAnsweredWhenOneComes() {
    Connection worker = flowWorker("f").sends(GRAB_JOB_ALL);
    worker.hearsNothing();
    String handle = flowClient().submits(SUBMIT_JOB, "f", "u", "1");
    worker.hears(JOB_ASSIGN_UNIQ, handle, "f", "u", "1");
    flowClient().submits(SUBMIT_JOB, "f", "v", "2");
    worker.hearsNothing();
  }

  @Test
  void jobsRotateOverTheConnectionsThatHaveKeptGrabs() {
    Connection one = flowWorker("f").sends(GRAB_JOB_ALL).sends(GRAB_JOB_ALL);
    Connection other = flowWorker("f").sends(GRAB_JOB_ALL).sends(GRAB_JOB_ALL);
    for (Connection next : new Connection[] {one, other, one, other}) {
      String handle = flowClient().submits(SUBMIT_JOB, "f", "", "");
      next.hears(JOB_ASSIGN_UNIQ, handle, "f", "", "");
    }
  }

  @Test
  void aKeptGrabIsServedBeforeASleeperIsWoken() {
    Connection sleeper = worker("f").sends(PRE_SLEEP);
    Connection keeper = flowWorker("f").sends(GRAB_JOB_ALL);
    String handle = flowClient().submits(SUBMIT_JOB, "f", "", "");
    keeper.hears(JOB_ASSIGN_UNIQ, handle, "f", "", "");
    sleeper.hearsNothing();
  }

  @Test
  void sleepWithdrawsKeptGrabs() {
    Connection worker = flowWorker("f").sends(GRAB_JOB_ALL).sends(GRAB_JOB_ALL).sends(PRE_SLEEP);
    worker.hears(response(NO_JOB), response(NO_JOB));
    connect().submits(SUBMIT_JOB_BG, "f", "", "");
    worker.hears(NOOP);
  }

  @Test
  void aKeptGrabIsAnsweredWhenItsConnectionLearnsAFunctionWithJobs() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "", "");
    Connection worker = flowWorker("g").sends(GRAB_JOB_ALL);
    worker.sends(CAN_DO, "f");
    worker.hears(JOB_ASSIGN_UNIQ, handle, "f", "", "");
  }

  @Test
  void keptGrabsGoWithTheirConnection() {
    flowWorker("f").sends(GRAB_JOB_ALL).leaves();
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    assertThat(worker("f").grabs()).isEqualTo("1");
  }

  @Test
  void aGrabWithoutFlowIsNotKept() {
    worker("f").sends(GRAB_JOB_ALL).hears(NO_JOB);
  }
}

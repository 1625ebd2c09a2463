// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GET_STATUS;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.STATUS_RES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_EPOCH;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SUBMIT_JOB_EPOCH: jobs that wait for their time. It is 1970 when a test begins. */
class BrokerDelayedTest extends BrokerFixture {

  private static String schedules(Connection client, String unique, String epoch) {
    client.sends(SUBMIT_JOB_EPOCH, "f", unique, epoch, "at " + epoch);
    return client.outlet.sent().get(0).text(0);
  }

  private void passes(long seconds) {
    time.advanceTimeBy(Duration.ofSeconds(seconds));
  }

  @Test
  void aSleepingWorkerIsWokenWhenTheTimeHasCome() { // SE-12
    Connection worker = worker("f").sends(PRE_SLEEP);
    schedules(connect(), "", "100");
    passes(99);
    worker.hearsNothing();
    worker.sends(GRAB_JOB).hears(NO_JOB);
    worker.sends(PRE_SLEEP);
    passes(1);
    worker.hears(NOOP);
    assertThat(worker.grabs()).isEqualTo("at 100");
  }

  @Test
  void aKeptGrabIsAnsweredWhenTheTimeHasCome() {
    Connection worker = flowWorker("f").sends(GRAB_JOB_ALL);
    String handle = schedules(connect(), "", "100");
    passes(100);
    assertThat(worker.outlet.sent())
        .contains(RecordingOutlet.response(JOB_ASSIGN_UNIQ, handle, "f", "", "at 100"));
  }

  @Test
  void jobsRunInTheOrderOfTheirTimesWhateverThatOfTheirSubmission() {
    for (String epoch : new String[] {"300", "100", "200"}) {
      schedules(connect(), "", epoch);
    }
    Connection worker = worker("f");
    passes(100);
    assertThat(worker.grabs()).isEqualTo("at 100");
    worker.sends(GRAB_JOB).hears(NO_JOB);
    passes(200);
    assertThat(worker.grabs() + worker.grabs()).isEqualTo("at 200at 300");
  }

  @Test
  void aJobThatWaitsForItsTimeHoldsUpNoOther() {
    schedules(connect(), "", "1000");
    connect().submits(SUBMIT_JOB_LOW_BG, "f", "", "low");
    assertThat(worker("f").grabs()).isEqualTo("low");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "", "abc", "-5", "7", "07zz"})
  void aTimeThatIsPastOrNoneIsNow(String epoch) {
    passes(7);
    schedules(connect(), "", epoch);
    assertThat(worker("f").grabs()).isEqualTo("at " + epoch);
  }

  @Test
  void digitsAreReadAsFarAsTheyGo() {
    schedules(connect(), "", "12zz");
    passes(11);
    worker("f").sends(GRAB_JOB).hears(NO_JOB);
    passes(1);
    worker("f").grabs();
  }

  @Test
  void aTimeThatNoClockReachesIsKeptAndOneOver64BitsIsRefused() { // SE-16
    Connection client = connect();
    schedules(client, "", "9223372036854775807");
    client
        .sends(SUBMIT_JOB_EPOCH, "f", "", "9223372036854775808", "")
        .hears(ERROR, "ARGUMENT_TOO_LARGE", "The epoch is over 9223372036854775807 seconds");
    assertThat(client.says("status")).isEqualTo("f\t1\t0\t0\n.\n");
  }

  @Test
  void aWaitingJobIsKnownCountedAndNotRunning() {
    Connection client = connect();
    String handle = schedules(client, "", "100");
    client.sends(GET_STATUS, handle).hears(STATUS_RES, handle, "1", "0", "0", "0");
    assertThat(client.says("status")).isEqualTo("f\t1\t0\t0\n.\n");
    assertThat(client.says("prioritystatus")).isEqualTo("f\t0\t1\t0\t0\n.\n");
    assertThat(client.says("show jobs")).isEqualTo(handle + "\t0\t0\t1\n.\n");
  }

  @Test
  void itOutlivesItsClient() {
    Connection client = connect();
    schedules(client, "", "100");
    client.leaves();
    passes(100);
    worker("f").grabs();
  }

  @Test
  void aClientMayJoinItAndWaitsForItsTime() {
    Connection scheduling = connect();
    Connection client = connect();
    String handle = schedules(scheduling, "u", "100");
    assertThat(client.submits(SUBMIT_JOB, "f", "u", "")).isEqualTo(handle);
    Connection worker = worker("f");
    worker.sends(GRAB_JOB).hears(NO_JOB);
    passes(100);
    worker.grabs();
    worker.sends(WORK_COMPLETE, handle, "done");
    client.hears(WORK_COMPLETE, handle, "done");
  }

  @Test
  void aJobThatIsTakenBackBeforeItsTimeNeverRuns() {
    Connection client = connect();
    String handle = schedules(client, "", "100");
    schedules(client, "", "200");
    assertThat(client.says("cancel job " + handle)).isEqualTo("OK\r\n");
    passes(150);
    worker("f").sends(GRAB_JOB).hears(NO_JOB);
    passes(50);
    assertThat(worker("f").grabs()).isEqualTo("at 200");
  }

  @Test
  void aJobWhoseWorkerIsLostIsNotDelayedAgain() {
    schedules(connect(), "", "100");
    passes(100);
    Connection worker = worker("f");
    worker.grabs();
    worker.leaves();
    worker("f").grabs();
  }

  @Test
  void itsTimeDecidesItsPlaceBehindJobsThatWaitAlready() {
    schedules(connect(), "", "100");
    connect().submits(SUBMIT_JOB_BG, "f", "", "first");
    passes(100);
    connect().submits(SUBMIT_JOB_BG, "f", "", "last");
    Connection worker = worker("f");
    assertThat(worker.grabs() + ", " + worker.grabs() + ", " + worker.grabs())
        .isEqualTo("first, at 100, last");
  }
}

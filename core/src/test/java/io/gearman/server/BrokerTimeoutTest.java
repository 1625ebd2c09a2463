// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.CAN_DO_TIMEOUT;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CAN_DO_TIMEOUT: a run that takes too long counts as lost. */
class BrokerTimeoutTest extends BrokerFixture {

  private Connection worker(String function, String timeout) {
    return connect().sends(CAN_DO_TIMEOUT, function, timeout);
  }

  private void passes(long millis) {
    time.advanceTimeBy(Duration.ofMillis(millis));
  }

  private String status() {
    return connect().says("status");
  }

  @Test
  void aJobThatRunsForTooLongIsQueuedAgain() {
    Connection client = connect();
    Connection worker = worker("f", "3000");
    Connection other = worker("f");
    client.submits(SUBMIT_JOB, "f", "", "1");
    worker.grabs();
    other.sends(PRE_SLEEP);
    passes(2_999);
    other.hearsNothing();
    passes(1);
    other.hears(NOOP);
    worker.hearsNothing(); // it is not told
    client.hearsNothing();
    assertThat(other.grabs()).isEqualTo("1");
  }

  @Test
  void theResultOfARunThatWasGivenUpIsRefused() {
    Connection worker = worker("f", "1000");
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.grabs();
    passes(1_000);
    worker
        .sends(WORK_COMPLETE, handle, "late")
        .hears(ERROR, "JOB_NOT_FOUND", "Job given in work result not found");
    assertThat(status()).isEqualTo("f\t1\t0\t1\n.\n");
  }

  @Test
  void progressDoesNotProlongARun() {
    Connection worker = worker("f", "1000");
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.grabs();
    passes(900);
    worker.sends(WORK_STATUS, handle, "1", "2");
    passes(100);
    assertThat(status()).isEqualTo("f\t1\t0\t1\n.\n");
  }

  @Test
  void aJobThatIsDoneIsNotQueuedAgainHoweverLongItsWorkerIdles() { // SE-06
    Connection worker = worker("f", "1000");
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.grabs();
    worker.sends(WORK_COMPLETE, handle, "");
    passes(60_000);
    assertThat(status()).isEqualTo("f\t0\t0\t1\n.\n");
    worker.sends(GRAB_JOB).hears(NO_JOB);
  }

  @Test
  void wantingToSleepDoesNotProlongARun() { // SE-06
    Connection worker = worker("f", "1000");
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.grabs();
    worker.sends(PRE_SLEEP);
    passes(1_000);
    worker.hears(NOOP);
  }

  @Test
  void eachRunHasATimeOfItsOwn() { // SE-06
    Connection worker = worker("f", "1000").sends(CAN_DO_TIMEOUT, "g", "5000").sends(CAN_DO, "h");
    Connection client = connect();
    client.submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.grabs();
    client.submits(SUBMIT_JOB_BG, "g", "", "2");
    worker.grabs();
    client.submits(SUBMIT_JOB_BG, "h", "", "3");
    worker.grabs();
    passes(1_000);
    assertThat(status()).isEqualTo("f\t1\t0\t1\ng\t1\t1\t1\nh\t1\t1\t1\n.\n");
    passes(4_000);
    assertThat(status()).isEqualTo("f\t1\t0\t1\ng\t1\t0\t1\nh\t1\t1\t1\n.\n");
    passes(60_000);
    assertThat(status()).isEqualTo("f\t1\t0\t1\ng\t1\t0\t1\nh\t1\t1\t1\n.\n");
  }

  @Test
  void aWorkerThatIsNotReadForTheSakeOfASlowClientIsGivenTime() {
    Connection slow = connect();
    Connection client = connect();
    String first = slow.submits(SUBMIT_JOB, "f", "", "1");
    String second = client.submits(SUBMIT_JOB, "f", "", "2");
    Connection worker = worker("f", "2000");
    worker.grabs();
    worker.grabs();
    slow.outlet.writable = false;
    worker.sends(WORK_COMPLETE, first, "");
    passes(5_000);
    slow.outlet.writable = true;
    broker.writable(slow.peer);
    worker.sends(WORK_COMPLETE, second, "in time").hearsNothing();
    client.hears(WORK_COMPLETE, second, "in time");
  }

  @Test
  void aHungWorkerThatTakesNothingIsNotGivenTime() {
    Connection worker = worker("f", "2000");
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.grabs();
    worker.outlet.writable = false;
    worker.sends(ECHO_REQ, "");
    passes(2_000);
    assertThat(status()).isEqualTo("f\t1\t0\t1\n.\n");
  }

  @Test
  void theTimeOfALostWorkerDoesNotCountForTheNext() {
    Connection lost = worker("f", "1000");
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    lost.grabs();
    passes(500);
    lost.leaves();
    worker("f", "1000").grabs();
    passes(900);
    assertThat(status()).isEqualTo("f\t1\t1\t1\n.\n");
    passes(100);
    assertThat(status()).isEqualTo("f\t1\t0\t1\n.\n");
  }

  @Test
  void lessThanASecondIsASecond() {
    Connection worker = worker("f", "1");
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.grabs();
    passes(999);
    assertThat(status()).isEqualTo("f\t1\t1\t1\n.\n");
    passes(1);
    assertThat(status()).isEqualTo("f\t1\t0\t1\n.\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-1", "", "abc", "99999999999999999999", "18446744073709551615999999999999"})
  void whatIsNoTimeSetsNoBound(String timeout) { // SE-05
    Connection worker = worker("f", timeout);
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.grabs();
    passes(Duration.ofDays(10_000).toMillis());
    assertThat(status()).isEqualTo("f\t1\t1\t1\n.\n");
  }

  @Test
  void theLastRegistrationOfAFunctionCounts() {
    Connection worker = worker("f", "1000").sends(CAN_DO, "f");
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.grabs();
    passes(60_000);
    assertThat(status()).isEqualTo("f\t1\t1\t1\n.\n");
  }
}

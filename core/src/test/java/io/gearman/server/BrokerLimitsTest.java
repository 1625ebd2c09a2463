// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CANT_DO;
import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.RESET_ABILITIES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.PacketType;
import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What bounds the memory of a server. */
class BrokerLimitsTest {

  private static BrokerFixture broker(Consumer<ServerSettings> settings) {
    return new BrokerFixture(new ServerSettings().with(settings));
  }

  private static BrokerFixture broker() {
    return new BrokerFixture();
  }

  private static void refuses(
      BrokerFixture.Connection client, PacketType type, String unique, String text) {
    client.sends(type, "f", unique, "").hears(ERROR, "QUEUE_ERROR", text);
  }

  private static void isFull(BrokerFixture.Connection client, PacketType type) {
    refuses(client, type, "", "Job queue is full");
  }

  // ---- what is as many as connections times something

  @Test
  void aWorkerWhoseFunctionFindsNoRoomIsDisconnectedAndNoOther() {
    BrokerFixture broker = broker(settings -> settings.maxAbilities = 3);
    BrokerFixture.Connection one = broker.worker("f", "g").sends(CAN_DO, "f");
    BrokerFixture.Connection other = broker.worker("f", "f");
    BrokerFixture.Connection oneTooMany = broker.worker("f");
    assertThat(oneTooMany.outlet.closed).isTrue();
    assertThat(one.outlet.closed || other.outlet.closed).isFalse();
    oneTooMany.leaves();
    one.sends(CANT_DO, "f").sends(CANT_DO, "f");
    assertThat(broker.worker("f").outlet.closed).isFalse();
    one.sends(RESET_ABILITIES);
    assertThat(broker.worker("f").outlet.closed).isFalse();
    other.leaves();
    assertThat(broker.worker("f").outlet.closed).isFalse();
    assertThat(broker.worker("f").outlet.closed).isTrue();
  }

  @Test
  void aSubmissionThatJoinsAJobIsRefusedWhenTooManyHave() {
    BrokerFixture broker = broker(settings -> settings.maxJoined = 2);
    BrokerFixture.Connection first = broker.connect();
    for (String unique : new String[] {"1", "2", "3"}) {
      first.submits(SUBMIT_JOB, "f", unique, ""); // by itself it joins nothing
    }
    BrokerFixture.Connection second = broker.connect();
    second.submits(SUBMIT_JOB, "f", "1", "");
    second.submits(SUBMIT_JOB, "f", "1", ""); // a copy of its own
    second.submits(SUBMIT_JOB, "f", "2", "");
    refuses(second, SUBMIT_JOB, "3", "2 submissions have joined jobs of others");
    second.submits(SUBMIT_JOB_BG, "f", "3", "");
    first.leaves();
    second.submits(SUBMIT_JOB, "f", "3", "");
    BrokerFixture.Connection third = broker.connect();
    third.submits(SUBMIT_JOB, "f", "1", "");
    third.submits(SUBMIT_JOB, "f", "2", "");
    refuses(third, SUBMIT_JOB, "3", "2 submissions have joined jobs of others");
  }

  @Test
  void whoIsTheFirstToWaitForABackgroundJobHasJoinedIt() {
    BrokerFixture broker = broker(settings -> settings.maxJoined = 1);
    BrokerFixture.Connection client = broker.connect();
    client.submits(SUBMIT_JOB_BG, "f", "1", "");
    client.submits(SUBMIT_JOB_BG, "f", "2", "");
    BrokerFixture.Connection waiting = broker.connect();
    waiting.submits(SUBMIT_JOB, "f", "1", "");
    refuses(waiting, SUBMIT_JOB, "2", "1 submissions have joined jobs of others");
    waiting.leaves();
    broker.connect().submits(SUBMIT_JOB, "f", "2", "");
  }

  // ---- maxqueue

  @Test
  void aSingleNumberLimitsEachPriority() {
    BrokerFixture.Connection client = broker().connect();
    client.says("create function f");
    assertThat(client.says("maxqueue f 2")).isEqualTo("OK\r\n");
    client.submits(SUBMIT_JOB_HIGH_BG, "f", "", "");
    client.submits(SUBMIT_JOB, "f", "", "");
    isFull(client, SUBMIT_JOB_HIGH);
    isFull(client, SUBMIT_JOB);
    isFull(client, SUBMIT_JOB_LOW);
    isFull(client, SUBMIT_JOB_BG);
  }

  @Test
  void threeNumbersLimitOnePriorityEachByTheJobsOfAll() {
    BrokerFixture.Connection client = broker().connect();
    client.says("create function f");
    assertThat(client.says("maxqueue f 3 2 1")).isEqualTo("OK\r\n");
    client.submits(SUBMIT_JOB_LOW, "f", "", "");
    isFull(client, SUBMIT_JOB_LOW);
    client.submits(SUBMIT_JOB, "f", "", "");
    isFull(client, SUBMIT_JOB);
    client.submits(SUBMIT_JOB_HIGH, "f", "", "");
    isFull(client, SUBMIT_JOB_HIGH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"maxqueue f", "maxqueue f 0", "maxqueue f -1", "maxqueue f x"})
  void limitsCanBeLifted(String command) {
    BrokerFixture.Connection client = broker().connect();
    client.says("create function f");
    client.says("maxqueue f 1");
    client.submits(SUBMIT_JOB_BG, "f", "", "");
    assertThat(client.says(command)).isEqualTo("OK\r\n");
    client.submits(SUBMIT_JOB_BG, "f", "", "");
  }

  @Test
  void aMissingNumberIsNoLimit() {
    BrokerFixture.Connection client = broker().connect();
    client.says("create function f");
    client.says("maxqueue f 1 1");
    client.submits(SUBMIT_JOB, "f", "", "");
    isFull(client, SUBMIT_JOB_HIGH);
    client.submits(SUBMIT_JOB_LOW, "f", "", "");
  }

  @Test
  void aSubmissionThatJoinsAJobIsNeverRefused() {
    BrokerFixture.Connection client = broker().connect();
    client.says("create function f");
    client.says("maxqueue f 1");
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    assertThat(client.submits(SUBMIT_JOB, "f", "u", "")).isEqualTo(handle);
    isFull(client, SUBMIT_JOB);
  }

  @Test
  void runningJobsCountAndThoseThatNobodyWantsDoNot() { // SE-30
    BrokerFixture broker = broker();
    BrokerFixture.Connection client = broker.connect();
    client.says("create function f");
    client.says("maxqueue f 1");
    BrokerFixture.Connection leaving = broker.connect();
    leaving.submits(SUBMIT_JOB, "f", "", "");
    isFull(client, SUBMIT_JOB);
    leaving.leaves();
    client.submits(SUBMIT_JOB, "f", "", "");
    broker.worker("f").grabs();
    isFull(client, SUBMIT_JOB);
  }

  @Test
  void aFunctionThatIsNotKnownGetsNoLimit() {
    BrokerFixture.Connection client = broker().connect();
    assertThat(client.says("maxqueue f 1")).isEqualTo("OK\r\n");
    assertThat(client.says("status")).isEqualTo(".\n");
  }

  @Test
  void maxqueueTakesAFunction() {
    assertThat(broker().connect().says("maxqueue"))
        .isEqualTo(
            "ERR INVALID_ARGUMENTS"
                + " An+incomplete+set+of+arguments+was+sent+to+this+command+maxqueue\r\n");
  }

  // ---- bytes

  @Test
  void jobsTakeNoMoreBytesThanTheyMay() {
    BrokerFixture broker = broker(settings -> settings.maxQueuedBytes = 1_000);
    BrokerFixture.Connection client = broker.connect();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "x".repeat(500));
    client
        .sends(SUBMIT_JOB, "f", "v", "x".repeat(200))
        .hears(ERROR, "QUEUE_ERROR", "Jobs take 941 of 1000 bytes");
    client.submits(SUBMIT_JOB, "f", "u", "x".repeat(500));
    BrokerFixture.Connection worker = broker.worker("f");
    worker.grabs();
    client
        .sends(SUBMIT_JOB, "f", "v", "x".repeat(200))
        .hears(ERROR, "QUEUE_ERROR", "Jobs take 941 of 1000 bytes");
    worker.sends(WORK_COMPLETE, handle, "");
    client.outlet.sent();
    client.submits(SUBMIT_JOB, "f", "v", "x".repeat(200));
  }

  @Test
  void jobsThatNobodyWaitsForTakeLess() {
    BrokerFixture broker = broker(settings -> settings.maxQueuedBytes = 1_128);
    BrokerFixture.Connection client = broker.connect();
    client.submits(SUBMIT_JOB_BG, "f", "u", "x".repeat(500));
    client.submits(SUBMIT_JOB, "f", "u", ""); // which joins it
    client
        .sends(SUBMIT_JOB_BG, "f", "v", "x".repeat(51))
        .hears(ERROR, "QUEUE_ERROR", "Jobs take 789 of 1128 bytes");
    client.submits(SUBMIT_JOB_BG, "f", "v", "x".repeat(50));
    broker.worker("f").grabs();
    assertThat(broker.broker.snapshot(Instant.EPOCH, false, new Traffic()).queuedBytes())
        .isEqualTo(1_128);
  }

  // ---- functions

  @Test
  void theFunctionThatWasIdleForLongestMakesRoom() { // SE-33
    BrokerFixture broker = broker(settings -> settings.maxFunctions = 3);
    BrokerFixture.Connection admin = broker.connect();
    admin.says("create function a");
    admin.says("create function b");
    admin.says("create function c");
    broker.worker("a").leaves(); // which makes it the last to become idle
    admin.says("create function d");
    assertThat(admin.says("status")).isEqualTo("a\t0\t0\t0\nc\t0\t0\t0\nd\t0\t0\t0\n.\n");
  }

  @ParameterizedTest
  @CsvSource({"job", "worker", "limit"})
  void aFunctionInUseIsNeverForgotten(String use) { // SE-33
    BrokerFixture broker = broker(settings -> settings.maxFunctions = 1);
    BrokerFixture.Connection client = broker.connect();
    client.says("create function used");
    switch (use) {
      case "job" -> client.submits(SUBMIT_JOB_BG, "used", "", "");
      case "worker" -> broker.worker("used");
      default -> client.says("maxqueue used 7");
    }
    refuses(client, SUBMIT_JOB, "", "No more functions can be queued for");
    assertThat(client.says("create function g"))
        .isEqualTo("ERR QUEUE_ERROR There+are+1+functions,+none+of+them+idle\r\n");
    BrokerFixture.Connection worker = broker.connect().sends(CAN_DO, "g");
    assertThat(worker.outlet.closed).isTrue();
    assertThat(client.says("status")).startsWith("used\t");
  }

  @Test
  void aFunctionIsForgottenWhenItsUseIsOver() {
    BrokerFixture broker = broker(settings -> settings.maxFunctions = 1);
    BrokerFixture.Connection client = broker.connect();
    client.submits(SUBMIT_JOB, "a", "", "");
    client.leaves();
    BrokerFixture.Connection worker = broker.worker("b");
    worker.leaves();
    BrokerFixture.Connection admin = broker.connect();
    admin.says("maxqueue b 1");
    admin.says("maxqueue b");
    admin.sends(SUBMIT_JOB_BG, "c", "", "").hears(JOB_CREATED, "H:test:1:2");
    assertThat(admin.says("status")).isEqualTo("c\t1\t0\t0\n.\n");
  }
}

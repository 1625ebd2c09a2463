// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CANT_DO;
import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.GRAB_JOB_UNIQ;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.RESET_ABILITIES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW_BG;
import static io.gearman.server.RecordingOutlet.request;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who gets which job, and when workers are woken. */
class BrokerSchedulingTest extends BrokerFixture {

  @Test
  void aGrabWithoutAJobIsRefused() {
    worker("f").sends(GRAB_JOB).hears(NO_JOB);
  }

  @Test
  void aGrabOfAnUnknownFunctionIsRefused() {
    connect().submits(SUBMIT_JOB, "f", "", "1");
    worker("g").sends(GRAB_JOB).hears(NO_JOB);
  }

  @Test
  void aJobIsAssignedInTheFormThatWasAskedFor() {
    Connection client = connect();
    Connection worker = worker("f");
    String first = client.submits(SUBMIT_JOB, "f", "one", "1");
    String second = client.submits(SUBMIT_JOB, "f", "two", "2");
    String third = client.submits(SUBMIT_JOB, "f", "three", "3");
    worker.sends(GRAB_JOB).hears(JOB_ASSIGN, first, "f", "1");
    worker.sends(GRAB_JOB_UNIQ).hears(JOB_ASSIGN_UNIQ, second, "f", "two", "2");
    worker.sends(GRAB_JOB_ALL).hears(JOB_ASSIGN_UNIQ, third, "f", "three", "3");
  }

  @Test
  void oneConnectionMayHoldSeveralJobs() {
    Connection worker = worker("f");
    IntStream.range(0, 3).forEach(i -> connect().submits(SUBMIT_JOB_BG, "f", "", "" + i));
    assertThat(worker.grabs() + worker.grabs() + worker.grabs()).isEqualTo("012");
  }

  @Test
  void priorityCountsOverAllFunctionsAndEqualPrioritiesTakeTurns() {
    Connection client = connect();
    for (String function : new String[] {"A", "B"}) {
      for (int i = 0; i < 2; i++) {
        client.submits(SUBMIT_JOB_LOW_BG, function, "", function + "L ");
        client.submits(SUBMIT_JOB_BG, function, "", function + "N ");
        client.submits(SUBMIT_JOB_HIGH_BG, function, "", function + "H ");
      }
    }
    Connection worker = worker("A", "B");
    StringBuilder order = new StringBuilder();
    IntStream.range(0, 12).forEach(i -> order.append(worker.grabs()));
    assertThat(order).hasToString("BH AH BH AH BN AN BN AN BL AL BL AL ");
  }

  @Test
  void foregroundPrioritiesAreServedInOrderToo() {
    Connection client = connect();
    client.submits(SUBMIT_JOB_LOW, "f", "", "low");
    client.submits(SUBMIT_JOB, "f", "", "normal");
    client.submits(SUBMIT_JOB_HIGH, "f", "", "high");
    Connection worker = worker("f");
    assertThat(worker.grabs()).isEqualTo("high");
    assertThat(worker.grabs()).isEqualTo("normal");
    assertThat(worker.grabs()).isEqualTo("low");
  }

  @Test
  void everySleepingWorkerIsWokenByANewJobAndOnlyOnce() {
    Connection one = worker("f").sends(PRE_SLEEP);
    Connection other = worker("f").sends(PRE_SLEEP);
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    connect().submits(SUBMIT_JOB_BG, "f", "", "2");
    one.hears(NOOP);
    other.hears(NOOP);
  }

  @Test
  void aWorkerThatIsAwakeIsNotWoken() {
    Connection worker = worker("f").sends(PRE_SLEEP).sends(GRAB_JOB);
    worker.hears(NO_JOB);
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.hearsNothing();
  }

  @Test
  void theWakeUpComesBeforeTheAnswerWhenWorkerAndClientAreOne() {
    Connection both = worker("f").sends(PRE_SLEEP).sends(SUBMIT_JOB_BG, "f", "", "1");
    both.hears(response(NOOP), response(JOB_CREATED, "H:test:1:1"));
  }

  @Test
  void aWorkerWithWorkIsWokenAtOnceEachTimeItWantsToSleep() {
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    Connection worker = worker("f");
    worker.sends(PRE_SLEEP).hears(NOOP);
    worker.sends(PRE_SLEEP).hears(NOOP);
  }

  @Test
  void aSleepingWorkerThatLearnsAFunctionWithJobsIsWoken() { // SE-13
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    Connection worker = connect().sends(PRE_SLEEP);
    worker.hearsNothing();
    worker.sends(CAN_DO, "f").hears(NOOP);
  }

  @Test
  void aSleepingWorkerIsWokenForAFunctionThatItLearnedInItsSleep() {
    Connection worker = connect().sends(PRE_SLEEP).sends(CAN_DO, "f");
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.hears(NOOP);
  }

  @Test
  void aWorkerThatMadeNothingOfItsWakeUpIsWokenAgain() { // SE-13
    Connection worker = worker("f").sends(PRE_SLEEP);
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.hears(NOOP);
    assertThat(worker("f").grabs()).isEqualTo("1");
    worker.sends(PRE_SLEEP).hearsNothing();
    connect().submits(SUBMIT_JOB_BG, "f", "", "2");
    worker.hears(NOOP);
  }

  @Test
  void aWorkerIsNotWokenForAFunctionThatItGaveUp() {
    Connection worker = worker("f", "g").sends(PRE_SLEEP).sends(CANT_DO, "f");
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.hearsNothing();
    worker.sends(RESET_ABILITIES);
    connect().submits(SUBMIT_JOB_BG, "g", "", "1");
    worker.hearsNothing();
  }

  @Test
  void jobsOfALostWorkerGoToTheEndOfTheQueueNewestFirst() {
    IntStream.rangeClosed(1, 6).forEach(i -> connect().submits(SUBMIT_JOB_BG, "f", "", "" + i));
    Connection lost = worker("f");
    assertThat(lost.grabs() + lost.grabs() + lost.grabs()).isEqualTo("123");
    Connection sleeper = worker("f");
    lost.leaves();
    StringBuilder order = new StringBuilder();
    IntStream.range(0, 6).forEach(i -> order.append(sleeper.grabs()));
    assertThat(order).hasToString("456321");
  }

  @Test
  void aSleepingWorkerIsWokenForTheJobOfALostOne() {
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    Connection lost = worker("f");
    lost.grabs();
    Connection sleeper = worker("f").sends(PRE_SLEEP);
    sleeper.hearsNothing();
    lost.leaves();
    sleeper.hears(NOOP);
    assertThat(sleeper.grabs()).isEqualTo("1");
  }

  @Test
  void givingUpAFunctionReturnsItsRunningJobsAndNoOthers() {
    connect().submits(SUBMIT_JOB_BG, "f", "", "of f");
    connect().submits(SUBMIT_JOB_BG, "g", "", "of g");
    Connection worker = worker("g", "f");
    assertThat(worker.grabs() + worker.grabs()).isEqualTo("of fof g");
    worker.sends(CANT_DO, "f");
    Connection next = worker("f", "g");
    assertThat(next.grabs()).isEqualTo("of f");
    next.sends(GRAB_JOB).hears(NO_JOB);
  }

  @Test
  void resettingAbilitiesReturnsAllRunningJobs() {
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(RESET_ABILITIES).sends(GRAB_JOB).hears(NO_JOB);
    assertThat(worker("f").grabs()).isEqualTo("1");
  }

  @Test
  void aFunctionRegisteredTwiceIsGivenUpOnce() {
    Connection worker = worker("f", "f").sends(CANT_DO, "f");
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker.sends(GRAB_JOB).hears(NO_JOB);
  }

  @Test
  void severalGrabsOfOneReadAreAnsweredInOrder() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    worker("f")
        .sends(request(GRAB_JOB), request(GRAB_JOB))
        .hears(response(JOB_ASSIGN, handle, "f", "1"), response(NO_JOB));
  }
}

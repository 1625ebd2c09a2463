// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CANT_DO;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The flow extension: listeners that take less than others want to have or to send. */
class BrokerSlowListenersTest extends BrokerFixture {

  private static final Duration BOUND = Duration.ofSeconds(STALL_SECONDS);

  // ---- before a worker with flow

  @Test
  void aWorkerWithFlowThatSendsMoreThanItWasGrantedIsNotRead() {
    Connection deaf = connect();
    String handle = deaf.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = streaming(handle, "u");
    deaf.outlet.writable = false;
    for (int i = 0; i < Credits.WINDOW; i++) {
      worker.sends(WORK_DATA, handle, "granted");
    }
    assertThat(worker.outlet.reading).isTrue();
    worker.sends(WORK_DATA, handle, "not granted");
    assertThat(worker.outlet.reading).isFalse();
  }

  @Test
  void aWorkerWithFlowThatSendsWhatNobodyAllowedIsNotRead() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = streaming(handle, "u", client);
    assertThat(worker.outlet.reading).isTrue();
    worker.sends(WORK_DATA, handle, "not granted");
    assertThat(worker.outlet.reading).isFalse();
    client.sends(WORK_DEMAND, handle, "10");
    assertThat(worker.outlet.reading).isTrue();
  }

  @Test
  void aSoleListenerMayBeAsSlowAsItLikes() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = streaming(handle, "", client);
    time.advanceTimeBy(Duration.ofSeconds(100 * STALL_SECONDS));
    client.hearsNothing();
    worker.hearsNothing();
  }

  @Test
  void aListenerThatOthersWaitForIsDetachedAfterTheBoundWithItsReason() {
    Connection fast = flowClient();
    Connection slow = flowClient();
    String handle = fast.submits(SUBMIT_JOB, "f", "u", "");
    slow.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = streaming(handle, "u", fast, slow);
    fast.sends(WORK_DEMAND, handle, "11");
    time.advanceTimeBy(Duration.ofSeconds(STALL_SECONDS));
    assertThat(slow.outlet.sent())
        .singleElement()
        .matches(packet -> packet.type() == WORK_EXCEPTION && packet.text(1).contains("too long"));
    worker.hears(WORK_DEMAND, handle, "10");
    worker.sends(WORK_COMPLETE, handle, "end");
    fast.hears(WORK_COMPLETE, handle, "end");
    slow.hearsNothing();
  }

  @Test
  void eachListenerThatOthersWaitForHasABoundOfItsOwn() {
    Connection fast = flowClient();
    Connection slow = flowClient();
    String handle = fast.submits(SUBMIT_JOB, "f", "u", "");
    slow.submits(SUBMIT_JOB, "f", "u", "");
    streaming(handle, "u");
    fast.sends(WORK_DEMAND, handle, "10");
    time.advanceTimeBy(BOUND.dividedBy(2));
    Connection late = flowClient();
    late.submits(SUBMIT_JOB, "f", "u", "");
    slow.sends(WORK_DEMAND, handle, "10");
    time.advanceTimeBy(BOUND.dividedBy(2));
    late.hearsNothing();
    time.advanceTimeBy(BOUND.dividedBy(2));
    assertThat(late.outlet.sent())
        .singleElement()
        .matches(packet -> packet.type() == WORK_EXCEPTION);
  }

  @Test
  void nobodyWaitsForAListenerOfAJobThatDoesNotRun() {
    Connection fast = flowClient();
    Connection slow = flowClient();
    String handle = fast.submits(SUBMIT_JOB, "f", "u", "");
    slow.submits(SUBMIT_JOB, "f", "u", "");
    fast.sends(WORK_DEMAND, handle, "10");
    streaming(handle, "u", slow).leaves();
    time.advanceTimeBy(BOUND);
    slow.hears(WORK_RESTARTED, handle);
  }

  @Test
  void nobodyWaitsForALateListenerWhileTheWorkerMayStillSend() {
    Connection early = flowClient();
    String handle = early.submits(SUBMIT_JOB, "f", "u", "");
    early.sends(WORK_DEMAND, handle, "10");
    Connection worker = running(handle, "u");
    Connection late = flowClient();
    late.submits(SUBMIT_JOB, "f", "u", "");
    time.advanceTimeBy(BOUND);
    worker.sends(WORK_DATA, handle, "1");
    late.hears(WORK_DATA, handle, "1");
  }

  @Test
  void whoGetsDataOfRunAfterRunAndAllowsNothingIsDetachedInTheEnd() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    for (int run = 0; run < Attachment.MAX_UNASKED; run++) {
      streaming(handle, "u").leaves();
    }
    assertThat(client.outlet.sent())
        .extracting(packet -> packet.type())
        .doesNotContain(WORK_EXCEPTION)
        .hasSize(2 * Attachment.MAX_UNASKED);
    Connection worker = streaming(handle, "u");
    assertThat(client.outlet.sent())
        .singleElement()
        .matches(packet -> packet.type() == WORK_EXCEPTION && packet.text(1).contains("16 runs"));
    worker.hears(WORK_CANCEL, handle);
  }

  @Test
  void whoAllowsDataMayHearOfAnyNumberOfRuns() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    for (int run = 1; run <= 3 * Attachment.MAX_UNASKED; run++) {
      streaming(handle, "u").leaves();
      if (run % Attachment.MAX_UNASKED == 0) {
        client.sends(WORK_DEMAND, handle, Integer.toString(Attachment.MAX_UNASKED + 1));
      }
    }
    assertThat(client.outlet.sent())
        .extracting(packet -> packet.type())
        .doesNotContain(WORK_EXCEPTION);
  }

  @Test
  void whatIsAllowedWithoutDemandCountsFirst() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    for (int run = 0; run <= Attachment.MAX_UNASKED; run++) {
      streaming(handle, "").leaves();
    }
    assertThat(client.outlet.sent())
        .extracting(packet -> packet.type())
        .doesNotContain(WORK_EXCEPTION);
    streaming(handle, "");
    assertThat(client.outlet.sent())
        .singleElement()
        .matches(packet -> packet.type() == WORK_EXCEPTION);
  }

  @Test
  void demandForLessThanWasReceivedAlreadyDoesNotPutOffTheEnd() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    for (int run = 0; run < Attachment.MAX_UNASKED; run++) {
      streaming(handle, "u").leaves();
    }
    client.sends(WORK_DEMAND, handle, "1").outlet.sent();
    streaming(handle, "u");
    assertThat(client.outlet.sent())
        .singleElement()
        .matches(packet -> packet.type() == WORK_EXCEPTION);
  }

  // ---- before a worker without flow

  @Test
  void aWorkerWithoutFlowIsReadAfterTheFirstDataWhichTakesNoDemand() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_DATA, handle, "1");
    assertThat(worker.outlet.reading).isTrue();
    worker.sends(WORK_COMPLETE, handle, "end");
    client.hears(response(WORK_DATA, handle, "1"), response(WORK_COMPLETE, handle, "end"));
  }

  @Test
  void aWorkerWithoutFlowIsNotReadAfterItsFirstDataIfThatWasNotAllowed() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_DATA, handle, "1");
    assertThat(worker.outlet.reading).isFalse();
    client.sends(WORK_DEMAND, handle, "2");
    assertThat(worker.outlet.reading).isTrue();
  }

  @Test
  void aWorkerWithoutFlowIsNotReadWhileItsListenerAllowsNothing() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    client.sends(WORK_DEMAND, handle, "1");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_DATA, handle, "1");
    assertThat(worker.outlet.reading).isTrue();
    worker.sends(WORK_DATA, handle, "2");
    assertThat(worker.outlet.reading).isFalse();
    client.sends(WORK_DEMAND, handle, "1");
    assertThat(worker.outlet.reading).isTrue();
  }

  @Test
  void aListenerThatHoldsUpAWorkerWithoutFlowIsDetachedAfterTheBound() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_DATA, handle, "1").sends(WORK_DATA, handle, "2");
    time.advanceTimeBy(Duration.ofSeconds(STALL_SECONDS));
    assertThat(client.outlet.sent())
        .extracting(packet -> packet.type())
        .containsExactly(WORK_DATA, WORK_DATA, WORK_EXCEPTION);
    assertThat(worker.outlet.reading).isTrue();
    worker.sends(WORK_COMPLETE, handle, "").hearsNothing();
    client.hearsNothing();
  }

  @Test
  void aLostWorkerWithoutFlowWaitsForNobody() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_DATA, handle, "1").sends(WORK_DATA, handle, "2").leaves();
    time.advanceTimeBy(BOUND);
    client.hears(
        response(WORK_DATA, handle, "1"),
        response(WORK_DATA, handle, "2"),
        response(WORK_RESTARTED, handle));
  }

  @Test
  void aWorkerWithoutFlowIsReadAgainWhenItGivesTheJobBack() {
    String handle = flowClient().submits(SUBMIT_JOB, "f", "", "");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_DATA, handle, "1").sends(WORK_DATA, handle, "2");
    assertThat(worker.outlet.reading).isFalse();
    worker.sends(CANT_DO, "f");
    assertThat(worker.outlet.reading).isTrue();
  }

  // ---- in the background

  @Test
  void aJobThatGoesToTheBackgroundWaitsForNobody() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_DATA, handle, "1");
    assertThat(worker.outlet.reading).isFalse();
    connect().submits(SUBMIT_JOB_BG, "f", "u", "");
    assertThat(worker.outlet.reading).isTrue();
    time.advanceTimeBy(BOUND);
    client.hears(WORK_DATA, handle, "1");
  }

  @Test
  void aListenerThatAllowsNothingIsNotDetachedWhileOthersListen() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "u", "");
    Connection quiet = flowClient();
    quiet.submits(SUBMIT_JOB, "f", "u", "");
    Connection other = flowClient();
    other.submits(SUBMIT_JOB, "f", "u", "");
    streaming(handle, "u");
    other.sends(WORK_DEMAND, handle, "10");
    time.advanceTimeBy(BOUND);
    quiet.hearsNothing();
  }

  @Test
  void aPlainListenerHoldsUpTheJobForTheBoundOnly() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "u", "");
    Connection plain = connect();
    plain.submits(SUBMIT_JOB, "f", "u", "");
    plain.outlet.writable = false;
    streaming(handle, "u");
    time.advanceTimeBy(BOUND);
    assertThat(plain.outlet.closed).isTrue();
  }

  @Test
  void whoFallsBehindIsToldSo() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "u", "");
    Connection listener = flowClient();
    listener.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = running(handle, "u");
    listener.sends(WORK_DEMAND, handle, "1");
    worker.sends(WORK_DATA, handle, "1").sends(WORK_DATA, handle, "2");
    assertThat(listener.outlet.sent())
        .last()
        .matches(packet -> packet.type() == WORK_EXCEPTION && packet.text(1).contains("allowed"));
  }
}

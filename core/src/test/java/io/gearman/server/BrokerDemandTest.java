// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The flow extension: who may send how much. */
class BrokerDemandTest extends BrokerFixture {

  private static final String WINDOW = Integer.toString(Credits.WINDOW);

  @Test
  void demandOfTheClientReachesTheWorkerThatHasSentItsFirstData() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = streaming(handle, "", client);
    worker.hearsNothing();
    client.sends(WORK_DEMAND, handle, "5");
    worker.hears(WORK_DEMAND, handle, "5");
  }

  @Test
  void demandThatCameBeforeIsGrantedWithTheFirstData() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    client.sends(WORK_DEMAND, handle, "5");
    Connection worker = running(handle, "");
    client.sends(WORK_DEMAND, handle, "2");
    worker.hearsNothing();
    worker.sends(WORK_DATA, handle, "first").hears(WORK_DEMAND, handle, "7");
  }

  @Test
  void aJobThatHasNothingButItsResultTakesNoPacketOfDemand() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = flowWorker("f").sends(GRAB_JOB_ALL);
    worker.sends(WORK_STATUS, handle, "1", "2").sends(WORK_COMPLETE, handle, "end");
    worker.hears(JOB_ASSIGN_UNIQ, handle, "f", "", "");
    client.hears(response(WORK_STATUS, handle, "1", "2"), response(WORK_COMPLETE, handle, "end"));
  }

  @Test
  void aListenerOfAUniqueIdBeginsWithNothingAllowedAndGetsWhatTheRunBeginsWith() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = streaming(handle, "u", client);
    client.sends(WORK_DEMAND, handle, "1");
    worker.hearsNothing();
    client.sends(WORK_DEMAND, handle, "1");
    worker.hears(WORK_DEMAND, handle, "1");
  }

  @Test
  void theSlowestListenerGovernsAForegroundJob() {
    Connection fast = flowClient();
    Connection slow = flowClient();
    String handle = fast.submits(SUBMIT_JOB, "f", "u", "");
    slow.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = streaming(handle, "u");
    fast.sends(WORK_DEMAND, handle, "11");
    worker.hearsNothing();
    slow.sends(WORK_DEMAND, handle, "4");
    worker.hears(WORK_DEMAND, handle, "3");
    slow.sends(WORK_DEMAND, handle, "100");
    worker.hears(WORK_DEMAND, handle, "7");
    slow.leaves();
    worker.hearsNothing();
  }

  @Test
  void theRestIsGrantedWhenTheSlowestListenerLeaves() {
    Connection fast = flowClient();
    Connection slow = flowClient();
    String handle = fast.submits(SUBMIT_JOB, "f", "u", "");
    slow.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = streaming(handle, "u");
    fast.sends(WORK_DEMAND, handle, "10");
    slow.sends(WORK_CANCEL, handle);
    worker.hears(WORK_DEMAND, handle, "9");
  }

  @Test
  void theSecondRunIsGrantedWhatIsStillOpen() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    client.sends(WORK_DEMAND, handle, "5");
    streaming(handle, "").sends(WORK_DATA, handle, "second").leaves();
    client.hears(
        response(WORK_DATA, handle, "first"),
        response(WORK_DATA, handle, "second"),
        response(WORK_RESTARTED, handle));
    streaming(handle, "", client).hears(WORK_DEMAND, handle, "3");
  }

  @Test
  void theSecondRunBeginsWithOnePieceEvenIfNoneIsOpen() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    streaming(handle, "").leaves();
    client.hears(response(WORK_DATA, handle, "first"), response(WORK_RESTARTED, handle));
    Connection worker = streaming(handle, "", client);
    assertThat(worker.outlet.reading).isTrue();
    client.sends(WORK_DEMAND, handle, "1");
    worker.hearsNothing();
    client.sends(WORK_DEMAND, handle, "1");
    worker.hears(WORK_DEMAND, handle, "1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "", "x", "1.5", "2147483648", "99999999999", "+1", " 1"})
  void demandThatIsNoNumberInRangeIsIgnored(String count) {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = streaming(handle, "", client);
    client.sends(WORK_DEMAND, handle, count);
    worker.hearsNothing();
    assertThat(client.outlet.closed).isFalse();
  }

  @Test
  void demandForAJobThatTheConnectionDoesNotWaitForIsIgnored() {
    String handle = flowClient().submits(SUBMIT_JOB, "f", "", "");
    Connection worker = streaming(handle, "");
    flowClient()
        .sends(WORK_DEMAND, handle, "5")
        .sends(WORK_DEMAND, "H:test:1:99", "5")
        .sends(WORK_CANCEL, handle);
    worker.hearsNothing();
  }

  @Test
  void jobsThatNobodyGovernsRunUnderCreditOfTheServer() {
    String handle = connect().submits(SUBMIT_JOB, "f", "", "");
    Connection worker = streaming(handle, "");
    worker.hears(WORK_DEMAND, handle, WINDOW);
    for (int i = 0; i < Credits.WINDOW / 2 - 1; i++) {
      worker.sends(WORK_DATA, handle, "x");
    }
    worker.hearsNothing();
    worker
        .sends(WORK_DATA, handle, "x")
        .hears(WORK_DEMAND, handle, Integer.toString(Credits.WINDOW / 2));
  }

  @Test
  void creditOfTheServerStopsWhileAPlainListenerTakesNothing() {
    Connection plain = connect();
    String handle = plain.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = streaming(handle, "");
    worker.hears(WORK_DEMAND, handle, WINDOW);
    plain.outlet.writable = false;
    for (int i = 0; i < Credits.WINDOW; i++) {
      worker.sends(WORK_DATA, handle, "x");
    }
    worker.hearsNothing();
    assertThat(worker.outlet.reading).isTrue();
    plain.outlet.writable = true;
    broker.writable(plain.peer);
    worker.hears(WORK_DEMAND, handle, WINDOW);
  }

  @Test
  void aListenerOfABackgroundJobNeverGovernsItAndIsDetachedWhenItFallsBehind() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "u", "");
    Connection listener = flowClient();
    listener.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = streaming(handle, "u");
    worker.hears(WORK_DEMAND, handle, WINDOW);
    listener.hearsNothing();
    listener.sends(WORK_DEMAND, handle, "1");
    worker.sends(WORK_DATA, handle, "allowed");
    listener.hears(WORK_DATA, handle, "allowed");
    worker.sends(WORK_DATA, handle, "too much");
    assertThat(listener.outlet.sent())
        .singleElement()
        .matches(packet -> packet.type() == WORK_EXCEPTION);
    assertThat(connect().says("status")).isEqualTo("f\t1\t1\t1\n.\n");
  }

  @Test
  void progressNeedsNoDemandAndOnlyTheLatestIsKeptForAListenerThatTakesNothing() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = running(handle, "");
    worker.sends(WORK_STATUS, handle, "1", "9");
    client.hears(WORK_STATUS, handle, "1", "9");
    client.outlet.writable = false;
    worker.sends(WORK_STATUS, handle, "2", "9").sends(WORK_STATUS, handle, "3", "9");
    client.hearsNothing();
    client.outlet.writable = true;
    broker.writable(client.peer);
    client.hears(WORK_STATUS, handle, "3", "9");
  }

  @Test
  void lateProgressComesBeforeTheEnd() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = running(handle, "");
    client.outlet.writable = false;
    worker.sends(WORK_STATUS, handle, "9", "9").sends(WORK_COMPLETE, handle, "");
    client.hears(response(WORK_STATUS, handle, "9", "9"), response(WORK_COMPLETE, handle, ""));
  }
}

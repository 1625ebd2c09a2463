// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.protocol.PacketType.WORK_WARNING;
import static io.gearman.server.RecordingOutlet.request;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.PacketType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One unique id, submitted twice on one connection. */
class BrokerSubmissionsTest extends BrokerFixture {

  @Test
  void aPlainConnectionGetsACopyOfEachEventPerSubmission() {
    Connection client = connect();
    String handle = submitsTwice(client);
    Connection worker = running(handle, "u");
    worker
        .sends(WORK_DATA, handle, "data")
        .sends(WORK_WARNING, handle, "warning")
        .sends(WORK_STATUS, handle, "1", "2")
        .sends(WORK_COMPLETE, handle, "end");
    client.hears(
        response(WORK_DATA, handle, "data"),
        response(WORK_DATA, handle, "data"),
        response(WORK_WARNING, handle, "warning"),
        response(WORK_WARNING, handle, "warning"),
        response(WORK_STATUS, handle, "1", "2"),
        response(WORK_STATUS, handle, "1", "2"),
        response(WORK_COMPLETE, handle, "end"),
        response(WORK_COMPLETE, handle, "end"));
  }

  @Test
  void aConnectionWithFlowGetsEachEventOnce() {
    Connection client = flowClient();
    String handle = submitsTwice(client);
    client.sends(WORK_DEMAND, handle, "2");
    Connection worker = running(handle, "u");
    worker
        .sends(WORK_DATA, handle, "data")
        .sends(WORK_WARNING, handle, "warning")
        .sends(WORK_STATUS, handle, "1", "2")
        .sends(WORK_COMPLETE, handle, "end");
    client.hears(
        response(WORK_DATA, handle, "data"),
        response(WORK_WARNING, handle, "warning"),
        response(WORK_STATUS, handle, "1", "2"),
        response(WORK_COMPLETE, handle, "end"));
  }

  @Test
  void anExceptionFailsEachSubmissionOfAPlainConnectionThatDidNotAskForIt() {
    Connection client = connect();
    String handle = submitsTwice(client);
    running(handle, "u").sends(WORK_EXCEPTION, handle, "boom");
    client.hears(response(WORK_FAIL, handle), response(WORK_FAIL, handle));
  }

  @ParameterizedTest
  @EnumSource(names = {"WORK_FAIL", "WORK_EXCEPTION"})
  void aConnectionWithFlowHearsOfAFailureOnce(PacketType type) {
    Connection client = flowClient();
    String handle = submitsTwice(client);
    String[] arguments = type == WORK_FAIL ? new String[] {handle} : new String[] {handle, "boom"};
    running(handle, "u").sends(type, arguments);
    client.hears(type, arguments);
  }

  @Test
  void aConnectionWithFlowHearsOfARestartOnce() {
    Connection client = flowClient();
    String handle = submitsTwice(client);
    client.sends(WORK_DEMAND, handle, "1");
    running(handle, "u").sends(WORK_DATA, handle, "data").leaves();
    client.hears(response(WORK_DATA, handle, "data"), response(WORK_RESTARTED, handle));
  }

  @Test
  void lateProgressComesOncePerSubmissionToAPlainConnection() {
    Connection client = connect();
    hearsLateProgress(client, 2);
  }

  @Test
  void lateProgressComesOnceToAConnectionWithFlow() {
    hearsLateProgress(flowClient(), 1);
  }

  private void hearsLateProgress(Connection client, int times) {
    String handle = submitsTwice(client);
    Connection worker = running(handle, "u");
    client.outlet.writable = false;
    worker.sends(WORK_STATUS, handle, "1", "2");
    client.outlet.writable = true;
    broker.writable(client.peer);
    assertThat(client.outlet.sent())
        .hasSize(times)
        .containsOnly(response(WORK_STATUS, handle, "1", "2"));
  }

  @Test
  void oneAccountOfDemandCoversBothUntilTheLastLeaves() {
    Connection client = flowClient();
    String handle = submitsTwice(client);
    client.sends(WORK_DEMAND, handle, "4");
    Connection worker = streaming(handle, "u", client);
    worker.hears(WORK_DEMAND, handle, "3");
    client.sends(WORK_CANCEL, handle).sends(WORK_DEMAND, handle, "2");
    worker.hears(WORK_DEMAND, handle, "2");
  }

  @Test
  void theJobIsCancelledWithTheLastSubmissionAndFurtherCancelsAreIgnored() {
    Connection client = flowClient();
    String handle = submitsTwice(client);
    Connection worker = running(handle, "u");
    client.sends(request(WORK_CANCEL, handle), request(WORK_CANCEL, handle));
    worker.hears(WORK_CANCEL, handle);
    client.sends(WORK_CANCEL, handle).hearsNothing();
    worker.hearsNothing();
  }

  @Test
  void whoIsDetachedForBothHearsSoOnce() {
    Connection slow = flowClient();
    String handle = submitsTwice(slow);
    connect().submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = streaming(handle, "u", slow);
    time.advanceTimeBy(Duration.ofSeconds(STALL_SECONDS));
    assertThat(slow.outlet.sent())
        .singleElement()
        .matches(packet -> packet.type() == WORK_EXCEPTION);
    worker.sends(WORK_COMPLETE, handle, "");
    slow.hearsNothing();
  }

  private static String submitsTwice(Connection client) {
    client.submits(SUBMIT_JOB, "f", "u", "");
    return client.submits(SUBMIT_JOB, "f", "u", "");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections as such: what they may send, what they may ask, and what happens when they do not
 * read.
 */
class BrokerConnectionTest extends BrokerFixture {

  @Test
  void anEchoComesBackAsItWas() {
    connect().sends(ECHO_REQ, "a\0b").hears(ECHO_RES, "a\0b");
  }

  @Test
  void aClientIdIsTakenWithoutAnAnswer() {
    connect().sends(SET_CLIENT_ID, "me").hearsNothing();
  }

  @Test
  void responsesAreNoRequests() {
    connect()
        .sends(Packet.response(PacketType.GRAB_JOB))
        .hears(ERROR, "INVALID_MAGIC", "Request magic expected");
  }

  @ParameterizedTest
  @EnumSource(names = {"UNUSED", "NOOP", "NO_JOB", "ALL_YOURS"})
  void requestsThatNoPeerMaySendAreRefused(PacketType type) {
    connect().sends(type).hears(ERROR, "INVALID_COMMAND", "Command not expected");
  }

  @Test
  void flowPacketsAreUnknownTypesToAConnectionWithoutFlow() {
    Connection connection = connect().sends(PacketType.WORK_CANCEL, "H:test:1:1");
    assertThat(connection.outlet.closed).isTrue();
  }

  @Test
  void flowIsRefusedToAConnectionThatHasAJob() {
    Connection client = connect();
    client.submits(SUBMIT_JOB, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    for (Connection late : new Connection[] {client, worker}) {
      late.sends(OPTION_REQ, "flow")
          .hears(ERROR, "UNKNOWN_OPTION", "Flow is agreed on before the first job");
    }
  }

  @Test
  void flowMayBeAskedForAgain() {
    Connection client = flowClient();
    client.submits(SUBMIT_JOB, "f", "", "1");
    client.sends(OPTION_REQ, "flow").hears(OPTION_RES, "flow");
  }

  @Test
  void statusCountsQueuedAndRunningJobsAndWorkers() {
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    connect().submits(SUBMIT_JOB_BG, "f", "", "2");
    Connection worker = worker("f", "g");
    worker.grabs();
    assertThat(connect().says("status")).isEqualTo("f\t2\t1\t1\ng\t0\t0\t1\n.\n");
    worker.leaves();
    assertThat(connect().says("STATUS")).isEqualTo("f\t2\t0\t0\ng\t0\t0\t0\n.\n");
  }

  @Test
  void versionIsOneLine() {
    assertThat(connect().says("version and more")).matches("OK \\S+\n");
  }

  @Test
  void unknownCommandsAreNamedInTheAnswer() {
    assertThat(connect().says("foo bar"))
        .isEqualTo("ERR UNKNOWN_COMMAND Unknown+server+commandfoo\r\n");
    assertThat(connect().says("")).isEqualTo("ERR UNKNOWN_COMMAND Unknown+server+command\r\n");
  }

  @Test
  void aWorkerIsNotReadWhileItsListenerTakesNothing() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    client.outlet.writable = false;
    worker.sends(WORK_DATA, handle, "x");
    assertThat(worker.outlet.reading).isFalse();
    client.outlet.writable = true;
    broker.writable(client.peer);
    assertThat(worker.outlet.reading).isTrue();
  }

  @Test
  void aWorkerIsReadAgainOnlyWhenAllItsListenersTakeData() {
    Connection one = connect();
    Connection other = connect();
    String handle = one.submits(SUBMIT_JOB, "f", "u", "1");
    other.submits(SUBMIT_JOB, "f", "u", "1");
    Connection worker = worker("f");
    worker.grabs();
    one.outlet.writable = false;
    other.outlet.writable = false;
    worker.sends(WORK_DATA, handle, "x");
    one.outlet.writable = true;
    broker.writable(one.peer);
    assertThat(worker.outlet.reading).isFalse();
    other.leaves();
    assertThat(worker.outlet.reading).isTrue();
  }

  @Test
  void aListenerThatHoldsUpAWorkerForTooLongIsClosed() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    client.outlet.writable = false;
    worker.sends(WORK_DATA, handle, "x");
    time.advanceTimeBy(Duration.ofSeconds(STALL_SECONDS).minusMillis(1));
    assertThat(client.outlet.closed).isFalse();
    time.advanceTimeBy(Duration.ofMillis(1));
    assertThat(client.outlet.closed).isTrue();
    assertThat(worker.outlet.closed).isFalse();
  }

  @Test
  void aListenerIsNotClosedForTheSakeOfAWorkerThatIsLost() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    client.outlet.writable = false;
    worker.sends(WORK_DATA, handle, "x").leaves();
    time.advanceTimeBy(Duration.ofSeconds(STALL_SECONDS));
    assertThat(client.outlet.closed).isFalse();
  }

  @Test
  void aListenerThatReadsInTimeIsLeftAlone() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    client.outlet.writable = false;
    worker.sends(WORK_DATA, handle, "x");
    client.outlet.writable = true;
    broker.writable(client.peer);
    time.advanceTimeBy(Duration.ofSeconds(2 * STALL_SECONDS));
    assertThat(client.outlet.closed).isFalse();
  }

  @Test
  void aConnectionThatDoesNotReadItsAnswersIsNotReadAndNotClosed() {
    Connection connection = connect();
    connection.outlet.writable = false;
    connection.sends(ECHO_REQ, "x");
    assertThat(connection.outlet.reading).isFalse();
    time.advanceTimeBy(Duration.ofSeconds(2 * STALL_SECONDS));
    assertThat(connection.outlet.closed).isFalse();
    connection.outlet.writable = true;
    broker.writable(connection.peer);
    assertThat(connection.outlet.reading).isTrue();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_WARNING;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SE-14. A connection that takes nothing makes nobody write to it without end. */
class BrokerOutputBoundsTest extends BrokerFixture {

  @Test
  void resultsThatAClientDoesNotTakeHoldUpTheWorkerThatSendsThem() {
    Connection client = connect();
    String first = client.submits(SUBMIT_JOB, "f", "", "");
    client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = worker("f").sends(GRAB_JOB).sends(GRAB_JOB);
    client.outlet.writable = false;
    worker.sends(WORK_COMPLETE, first, "result");
    assertThat(worker.outlet.reading).isFalse();

    client.outlet.writable = true;
    broker.writable(client.peer);
    assertThat(worker.outlet.reading).isTrue();
  }

  @Test
  void aClientThatDoesNotTakeItsResultsIsClosedAfterTheBoundAndTheWorkerGoesOn() {
    Connection client = flowClient();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    Connection worker = running(handle, "");
    client.outlet.writable = false;
    worker.sends(WORK_COMPLETE, handle, "result");
    assertThat(worker.outlet.reading).isFalse();

    time.advanceTimeBy(Duration.ofSeconds(STALL_SECONDS));
    assertThat(client.outlet.closed).isTrue();
    client.leaves();
    assertThat(worker.outlet.reading).isTrue();
  }

  @Test
  void grabsOverTheLimitAreRefusedAndNotKept() {
    Connection worker = flowWorker("f");
    Packet grab = RecordingOutlet.request(GRAB_JOB_ALL);
    worker.sends(Collections.nCopies(Abilities.MAX_KEPT_GRABS, grab).toArray(Packet[]::new));
    worker.hearsNothing();
    worker.sends(grab);
    worker.hears(NO_JOB);
    worker.sends(PRE_SLEEP);
    assertThat(worker.outlet.sent()).hasSize(Abilities.MAX_KEPT_GRABS);
  }

  @Test
  void aConnectionMayJoinAJobOnlySoOften() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    Packet again = RecordingOutlet.request(SUBMIT_JOB, "f", "u", "");
    client.sends(Collections.nCopies(Attachment.MAX_SUBMISSIONS, again).toArray(Packet[]::new));
    List<Packet> answers = client.outlet.sent();
    assertThat(answers).hasSize(Attachment.MAX_SUBMISSIONS);
    assertThat(answers.get(Attachment.MAX_SUBMISSIONS - 2).text(0)).isEqualTo(handle);
    assertThat(answers.get(Attachment.MAX_SUBMISSIONS - 1).type()).isEqualTo(ERROR);
    assertThat(answers.get(Attachment.MAX_SUBMISSIONS - 1).text(0)).isEqualTo("QUEUE_ERROR");

    Connection other = connect();
    assertThat(other.submits(SUBMIT_JOB, "f", "u", "")).isEqualTo(handle);
    Connection worker = worker("f").sends(GRAB_JOB);
    worker.hears(JOB_ASSIGN, handle, "f", "");
    worker.sends(WORK_WARNING, handle, "x");
    assertThat(client.outlet.sent()).hasSize(Attachment.MAX_SUBMISSIONS);
    other.hears(response(WORK_WARNING, handle, "x"));
  }

  @Test
  void aLongAnswerLeavesBeforeTheConnectionThatWillAskNoMore() { // SE-17
    Connection client = connect().sends(SUBMIT_JOB, "f", "", "");
    client.outlet.sent();
    client.outlet.writable = false;
    broker.receive(client.peer, List.of("status"));
    broker.inputEnded(client.peer);
    assertThat(client.outlet.text()).isEmpty();
    assertThat(client.outlet.closed).isFalse();

    client.outlet.writable = true;
    broker.writable(client.peer);
    assertThat(client.outlet.text()).isEqualTo("f\t1\t0\t0\n.\n");
    assertThat(client.outlet.closed).isTrue();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.server.RecordingOutlet.response;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What waits is bounded, and what is over the bound is refused with the documented error. */
class QueueLimitsTest {

  private static final int MAX_BYTES = 100_000;
  private static final int MAX_FUNCTIONS = 3;

  @RegisterExtension
  final RunningServer server =
      RunningServer.embedded(
          JobServer.create().maxQueuedBytes(MAX_BYTES).maxFunctions(MAX_FUNCTIONS));

  private static PacketType submits(WireClient client, PacketType type, String function) {
    return client.request(type, function, "", "").receive().type();
  }

  @Test
  void jobsOverTheBytesAreRefusedUntilOthersEnd() {
    WireClient client = server.connect();
    String large = "x".repeat(MAX_BYTES / 3);
    client.request(SUBMIT_JOB_BG, "f", "first", large).receive(JOB_CREATED);
    client.request(SUBMIT_JOB_BG, "f", "", large).receive(JOB_CREATED);
    Packet refusal = client.request(SUBMIT_JOB_BG, "f", "", large).receive(ERROR);
    assertThat(refusal.text(0)).isEqualTo("QUEUE_ERROR");
    assertThat(refusal.text(1)).contains(" of " + MAX_BYTES + " bytes");
    client.request(SUBMIT_JOB_BG, "f", "first", large).receive(JOB_CREATED); // it joins
    client.request(SUBMIT_JOB_BG, "f", "", "small").receive(JOB_CREATED);

    WireClient worker = server.connect().request(CAN_DO, "f").request(GRAB_JOB);
    String handle = worker.receive(JOB_ASSIGN).text(0);
    worker.request(WORK_COMPLETE, handle, "").request(ECHO_REQ, "").receive(ECHO_RES);
    client.request(SUBMIT_JOB_BG, "f", "", large).receive(JOB_CREATED);
  }

  @Test
  void aFunctionTooManyTakesThePlaceOfTheOneThatWasIdleForLongest() { // SE-33
    WireClient client = server.connect();
    WireClient worker = server.connect().request(CAN_DO, "learned");
    worker.request(ECHO_REQ, "").receive(ECHO_RES);
    client.command("create function old").receiveLine();
    client.command("create function new").receiveLine();
    assertThat(submits(client, SUBMIT_JOB_BG, "used")).isEqualTo(JOB_CREATED);
    assertThat(client.command("status").receiveUntil("."))
        .containsExactlyInAnyOrder("learned\t0\t0\t1", "new\t0\t0\t0", "used\t1\t0\t0");
  }

  @Test
  void whereNoFunctionIsIdleANewOneIsRefused() { // SE-33
    WireClient client = server.connect();
    for (int i = 0; i < MAX_FUNCTIONS; i++) {
      assertThat(submits(client, SUBMIT_JOB_BG, "f" + i)).isEqualTo(JOB_CREATED);
    }
    client
        .request(SUBMIT_JOB_BG, "new", "", "")
        .expect(response(ERROR, "QUEUE_ERROR", "No more functions can be queued for"));
    assertThat(client.command("create function new").receiveLine()).startsWith("ERR QUEUE_ERROR");
    server.connect().request(CAN_DO, "new").expectClosed();
    assertThat(submits(client, SUBMIT_JOB_BG, "f0")).isEqualTo(JOB_CREATED);
  }

  @Test
  void namesOfFunctionsTogetherHaveABoundToo() { // SE-33
    WireClient client = server.connect();
    String suffix = "x".repeat(8_000);
    for (int i = 0; i < MAX_FUNCTIONS; i++) {
      client.sendBytes(("create function " + i + suffix + "\n").getBytes(ISO_8859_1));
      assertThat(client.receiveLine()).isEqualTo("OK\r");
    }
    assertThat(client.command("status").receiveUntil("."))
        .containsExactly((MAX_FUNCTIONS - 1) + suffix + "\t0\t0\t0");
  }

  @Test
  void theLimitOfAFunctionHoldsForEachPriority() {
    WireClient client = server.connect();
    client.command("create function f").receiveLine();
    assertThat(client.command("maxqueue f 3 2 1").receiveLine()).isEqualTo("OK\r");
    assertThat(submits(client, SUBMIT_JOB_LOW_BG, "f")).isEqualTo(JOB_CREATED);
    assertThat(submits(client, SUBMIT_JOB_LOW_BG, "f")).isEqualTo(ERROR);
    assertThat(submits(client, SUBMIT_JOB_BG, "f")).isEqualTo(JOB_CREATED);
    assertThat(submits(client, SUBMIT_JOB_BG, "f")).isEqualTo(ERROR);
    assertThat(submits(client, SUBMIT_JOB_HIGH_BG, "f")).isEqualTo(JOB_CREATED);
    client
        .request(SUBMIT_JOB_HIGH_BG, "f", "", "")
        .expect(response(ERROR, "QUEUE_ERROR", "Job queue is full"));
    client.command("maxqueue f").receiveLine();
    assertThat(submits(client, SUBMIT_JOB_LOW_BG, "f")).isEqualTo(JOB_CREATED);
  }
}

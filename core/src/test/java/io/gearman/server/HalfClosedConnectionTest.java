// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.server.RecordingOutlet.response;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.testkit.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;

/**
 * SE-17. A client that has asked everything may say so at once, as {@code nc -N} does: it is
 * answered all the same, and then its connection is closed.
 */
class HalfClosedConnectionTest {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final Duration STALL = Duration.ofMillis(500);
  private static final LoopResources LOOPS = LoopResources.create("connections", 3, true);
  private static final int LONG_NAME = 1_000;
  private static final int FUNCTIONS = 2_000;
  private static final int ASKED = 8; // replies of 2 MB: more than sockets and buffers hold

  private final List<DisposableServer> servers = new ArrayList<>();

  static List<JobServer> settings() {
    JobServer settings = JobServer.create().port(0).stallTimeout(BOUND);
    return List.of(settings, settings.tcp(tcp -> tcp.runOn(LOOPS)));
  }

  private DisposableServer start(JobServer settings) {
    DisposableServer server = settings.bind().block(BOUND);
    servers.add(server);
    return server;
  }

  private static WireClient connect(DisposableServer server) {
    return WireClient.connect("127.0.0.1", server.port()).timeout(BOUND);
  }

  @AfterEach
  void stop() {
    servers.forEach(server -> server.disposeNow(BOUND));
  }

  @AfterAll
  static void disposeOfLoops() {
    LOOPS.dispose();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everyAnswerArrivesBeforeTheEnd(JobServer settings) {
    DisposableServer server = start(settings);
    for (int i = 0; i < 50; i++) {
      try (WireClient client = connect(server)) {
        client.request(ECHO_REQ, "first").request(SUBMIT_JOB, "f", "", "").command("status");
        client.request(ECHO_REQ, "last").shutdownOutput();
        client.expect(response(ECHO_RES, "first"));
        client.receive(JOB_CREATED);
        assertThat(client.receiveUntil(".")).containsExactly("f\t1\t0\t0");
        client.expect(response(ECHO_RES, "last"));
        client.expectClosed();
      }
    }
  }

  /** With a loop of its own for the connection it may be cut: see {@link ServerConnection}. */
  @Test
  void aLongAnswerArrivesBeforeTheEnd() {
    DisposableServer server = start(JobServer.create().port(0));
    byte[] data = new byte[16 << 20]; // more than sockets and buffers hold
    try (WireClient client = connect(server)) {
      client.send(Packet.request(ECHO_REQ, data)).shutdownOutput();
      client.expect(Packet.response(ECHO_RES, data));
      client.expectClosed();
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void oneThatDoesNotTakeItsAnswersIsClosedAfterTheBound(JobServer settings) {
    DisposableServer server = start(settings.stallTimeout(STALL));
    manyFunctions(server);
    try (WireClient deaf = connect(server);
        WireClient other = connect(server)) {
      for (int i = 0; i < ASKED; i++) {
        deaf.command("status");
      }
      deaf.shutdownOutput();
      long deadline = System.nanoTime() + BOUND.toNanos();
      while (other.command("workers").receiveUntil(".").size() > 1) {
        assertThat(System.nanoTime()).as("time").isLessThan(deadline);
      }
    }
  }

  private static void manyFunctions(DisposableServer server) {
    try (WireClient client = connect(server)) {
      for (int i = 0; i < FUNCTIONS; i++) {
        String name = i + "x".repeat(LONG_NAME);
        client.sendBytes(("create function " + name + '\n').getBytes(ISO_8859_1));
        assertThat(client.receiveLine()).isEqualTo("OK\r");
      }
    }
  }
}

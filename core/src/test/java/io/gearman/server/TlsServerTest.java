// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

/** The server with TLS: before the handshake, and at the end of a connection. */
class TlsServerTest extends TlsFixture {

  private static final LoopResources LOOPS = LoopResources.create("connections", 3, true);
  private static final Duration SHORT = Duration.ofMillis(200);

  static List<JobServer> settings() {
    JobServer settings = JobServer.create().tls(TestTls.server());
    return List.of(settings, settings.tcp(tcp -> tcp.runOn(LOOPS)));
  }

  @AfterAll
  static void disposeOfLoops() {
    LOOPS.dispose();
  }

  private static WireClient connect(JobServer.Bound server) {
    return WireClient.connect(HOST, server.port(), TestTls.sockets(trusting()));
  }

  @Test
  void whoIsSilentIsNobodyToTheBrokerAndClosedAtTheTimeout() {
    JobServer.Bound server = start(TestTls.server().withHandshakeTimeout(SHORT));
    try (WireClient client = connect(server);
        WireClient silent = WireClient.connect(HOST, server.port())) {
      client.request(ECHO_REQ, "").receive(ECHO_RES);
      assertThat(client.command("workers").receiveUntil(".")).hasSize(1);
      silent.expectClosed();
      client.request(ECHO_REQ, "").receive(ECHO_RES);
    }
  }

  @Test
  void whoIsSilentDoesNotHoldUpTheEndOfTheServer() {
    JobServer.Bound server = start(TestTls.server().withHandshakeTimeout(Duration.ofMinutes(1)));
    try (WireClient silent = WireClient.connect(HOST, server.port());
        WireClient client = connect(server)) {
      client.request(ECHO_REQ, "").receive(ECHO_RES); // by now the other one is accepted too
      server.drain().as(StepVerifier::create).expectComplete().verify(BOUND);
      silent.expectClosed();
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everyAnswerArrivesBeforeTheEndOfAHalfClosedConnection(JobServer settings) {
    JobServer.Bound server = start(settings);
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
  void aLongAnswerArrivesBeforeTheEndOfAHalfClosedConnection() {
    JobServer.Bound server = start(TestTls.server());
    try (WireClient client = connect(server)) {
      byte[] data = new byte[16 << 20]; // more than sockets and buffers hold
      client.send(Packet.request(ECHO_REQ, data)).shutdownOutput();
      client.expect(Packet.response(ECHO_RES, data));
      client.expectClosed();
    }
  }

  @Test
  void badFilesStopTheStart() {
    Path none = TestTls.authority().file("none");
    JobServer.create()
        .port(0)
        .tls(TestTls.server().withIdentity(none, none))
        .bind()
        .as(StepVerifier::create)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The TLS certificate file " + none + " does not exist"))
        .verify(BOUND);
  }
}

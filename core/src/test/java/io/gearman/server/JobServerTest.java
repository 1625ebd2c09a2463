// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.server.RecordingOutlet.response;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gearman.protocol.Packet;
import io.gearman.testkit.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.test.StepVerifier;

/** The server as a whole: its socket, its settings, its limits. */
class JobServerTest {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final String HOST = "127.0.0.1";

  private final List<DisposableServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.disposeNow(BOUND));
  }

  private DisposableServer start(JobServer settings) {
    DisposableServer server = settings.bind().block(BOUND);
    servers.add(server);
    return server;
  }

  private static WireClient connect(DisposableServer server) {
    return WireClient.connect(HOST, server.port());
  }

  @Test
  void eachSubscriptionStartsAServerWithQueuesOfItsOwn() {
    JobServer settings = JobServer.create().port(0);
    DisposableServer one = start(settings);
    DisposableServer other = start(settings);
    assertThat(one.port()).isNotEqualTo(other.port());
    try (WireClient client = connect(one);
        WireClient stranger = connect(other)) {
      client.request(SUBMIT_JOB_BG, "f", "", "").receive();
      assertThat(stranger.command("status").receiveUntil(".")).isEmpty();
    }
  }

  @Test
  void noTwoStartsGiveTheSameHandle() { // SE-11
    try (WireClient one = connect(start(JobServer.create().port(0)));
        WireClient other = connect(start(JobServer.create().port(0)))) {
      assertThat(one.request(SUBMIT_JOB_BG, "f", "", "").receive())
          .isNotEqualTo(other.request(SUBMIT_JOB_BG, "f", "", "").receive());
    }
  }

  @Test
  void aLargeResultReachesAThousandListeners() {
    DisposableServer server = start(JobServer.create().port(0));
    List<WireClient> clients = new ArrayList<>();
    try (WireClient worker = connect(server)) {
      Stream.generate(() -> connect(server)).limit(1_000).forEach(clients::add);
      String handle = "";
      for (WireClient client : clients) {
        handle = client.request(SUBMIT_JOB, "f", "u", "").receive().text(0);
      }
      worker.request(CAN_DO, "f").request(GRAB_JOB).receive();
      byte[] result = new byte[100_000]; // over the high-water mark of each connection
      worker.send(Packet.request(WORK_COMPLETE, handle.getBytes(US_ASCII), result));
      for (WireClient client : clients) {
        assertThat(client.receive(WORK_COMPLETE).argument(1)).hasSize(result.length);
      }
    } finally {
      clients.forEach(WireClient::close);
    }
  }

  @Test
  void disposingClosesThePortAndEveryConnection() {
    DisposableServer server = start(JobServer.create().port(0));
    int port = server.port();
    try (WireClient client = connect(server)) {
      client.request(ECHO_REQ, "x").receive(ECHO_RES);
      server.disposeNow(BOUND);
      client.expectClosed();
    }
    assertThat(start(JobServer.create().port(port)).port()).isEqualTo(port);
  }

  @Test
  void aPortInUseIsAnErrorThatNamesIt() {
    int port = start(JobServer.create().port(0)).port();
    JobServer.create()
        .port(port)
        .bind()
        .as(StepVerifier::create)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ChannelBindException.class,
                        refused -> assertThat(refused.localPort()).isEqualTo(port)))
        .verify(BOUND);
  }

  @Test
  void settingsOutOfRangeAreRefusedWithTheirLimits() {
    JobServer server = JobServer.create();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.port(65536))
        .withMessage("port must be 0 to 65535, not 65536");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.maxPacketSize(11))
        .withMessage("maxPacketSize must be 12 to 2147483647, not 11");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.stallTimeout(Duration.ZERO))
        .withMessage("stallTimeout must be at least 1 ms, not PT0S");
  }

  @Test
  void aPacketOverTheLimitClosesItsConnectionAndNoOther() {
    DisposableServer server = start(JobServer.create().port(0).maxPacketSize(112));
    try (WireClient within = connect(server);
        WireClient over = connect(server)) {
      over.send(Packet.request(ECHO_REQ, new byte[101])).expectClosed();
      within
          .send(Packet.request(ECHO_REQ, new byte[100]))
          .expect(Packet.response(ECHO_RES, new byte[100]));
    }
  }

  @Test
  void aLineOverTheLimitClosesItsConnection() {
    DisposableServer server = start(JobServer.create().port(0));
    try (WireClient within = connect(server);
        WireClient over = connect(server)) {
      over.sendBytes("x".repeat(ServerDecoder.MAX_LINE).getBytes(US_ASCII));
      over.expectClosed();
      String longest = "x".repeat(ServerDecoder.MAX_LINE - 2);
      assertThat(within.command(longest.substring(0, 8000)).receiveLine())
          .startsWith("ERR UNKNOWN_COMMAND");
    }
  }

  @Test
  void aListenerThatDoesNotReadIsClosedAndItsWorkerGoesOn() {
    DisposableServer server =
        start(JobServer.create().port(0).stallTimeout(Duration.ofMillis(200)));
    try (WireClient deaf = connect(server);
        WireClient worker = connect(server)) {
      String handle = deaf.request(SUBMIT_JOB, "f", "", "").receive().text(0);
      worker.request(CAN_DO, "f").request(GRAB_JOB).receive();
      Packet chunk = Packet.request(WORK_DATA, handle.getBytes(US_ASCII), new byte[1 << 20]);
      Stream.generate(() -> chunk)
          .limit(64)
          .forEach(worker::send); // more than sockets and buffers hold
      worker.request(ECHO_REQ, "still here").expect(response(ECHO_RES, "still here"));
    }
  }
}

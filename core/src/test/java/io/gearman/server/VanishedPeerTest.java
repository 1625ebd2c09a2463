// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.gearman.protocol.Packet;
import io.gearman.testkit.BlackHole;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.KeepAlive;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * A peer that is gone without having said so, or as good as gone: in hours or never, if it were
 * left to the system.
 */
@EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
class VanishedPeerTest {

  private static final KeepAlive SOON = new KeepAlive(ofSeconds(1), ofSeconds(1), 2);
  private static final Duration PATIENCE = ofSeconds(30);

  @RegisterExtension
  final RunningServer server =
      RunningServer.embedded(JobServer.create().tcp(tcp -> tcp.doOnChannelInit(SOON)));

  private Connection vanishing;
  private WireClient other;

  @BeforeEach
  void connect() {
    vanishing = ConnectionSettings.defaults().connect(server.address()).block(PATIENCE);
    other = server.connect().timeout(PATIENCE);
  }

  @AfterEach
  void close() {
    vanishing.disposeNow(PATIENCE);
  }

  /** Sends requests, waits until something comes back, and is gone. */
  private void asksAndVanishes(Packet... requests) {
    ByteBuf bytes = Unpooled.buffer();
    for (Packet request : requests) {
      request.writeTo(bytes);
    }
    vanishing
        .outbound()
        .send(Mono.just(bytes))
        .then()
        .thenMany(vanishing.inbound().receive())
        .blockFirst(PATIENCE);
    BlackHole.swallow(vanishing.channel());
  }

  private void otherGetsTheJob() {
    other.receive(NOOP);
    assertThat(other.request(GRAB_JOB).receive(JOB_ASSIGN).text(2)).isEqualTo("work");
  }

  @Test
  void theJobOfAWorkerThatVanishedIsGivenToAnother() {
    server.connect().request(SUBMIT_JOB_BG, "f", "", "work").receive(JOB_CREATED);
    asksAndVanishes(RecordingOutlet.request(CAN_DO, "f"), RecordingOutlet.request(GRAB_JOB));
    other.request(CAN_DO, "f").request(PRE_SLEEP);
    otherGetsTheJob();
  }

  @Test
  void aJobThatIsAssignedToAWorkerThatHasVanishedIsGivenToAnother() {
    asksAndVanishes(
        RecordingOutlet.request(OPTION_REQ, "flow"),
        RecordingOutlet.request(CAN_DO, "f"),
        RecordingOutlet.request(GRAB_JOB_ALL), // kept
        RecordingOutlet.request(ECHO_REQ, "ready"));
    other.request(CAN_DO, "f").request(PRE_SLEEP);
    server.connect().request(SUBMIT_JOB_BG, "f", "", "work").receive(JOB_CREATED);
    otherGetsTheJob();
  }

  /** Its system answers, but says that there is no room. */
  @Test
  void aPeerThatTakesNothingOfWhatIsSentToItIsClosed() {
    ByteBuf large = Unpooled.buffer();
    Packet.request(ECHO_REQ, new byte[32 << 20]).writeTo(large); // more than sockets hold
    awaitConnections(2);
    vanishing.outbound().send(Mono.just(large)).then().subscribe();
    awaitConnections(1);
  }

  private void awaitConnections(int count) {
    assertTimeoutPreemptively(
        PATIENCE,
        () -> {
          while (other.command("workers").receiveUntil(".").size() != count) {
            other.expectNothing(Duration.ofMillis(100));
          }
        });
  }

  @Test
  void theJobOfAClientThatVanishedIsDropped() {
    asksAndVanishes(RecordingOutlet.request(SUBMIT_JOB, "f", "", "work"));
    awaitConnections(1);
    assertThat(other.command("status").receiveUntil(".")).containsExactly("f\t0\t0\t0");
  }
}

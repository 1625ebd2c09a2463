// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketDecoder;
import io.gearman.protocol.PacketType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A channel whose clock the test moves. */
class HeartbeatTest {

  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Packet NOOP = Packet.response(PacketType.NOOP);

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private RecordingListener listener;

  @BeforeEach
  void open() {
    channel.freezeTime();
    PacketChannel<RecordingListener> packets =
        new PacketChannel<>(
            channel, new ServerAddress("here", 4730), 100_000, RecordingListener::new);
    channel.pipeline().addLast(new PacketDecoder(100_000), new Heartbeat(INTERVAL), packets);
    listener = packets.listener();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void pass(Duration time) {
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      pass(Duration.ofSeconds(1));
    }
  }

  private void receive(Packet packet) {
    channel.writeInbound(bytes(packet));
  }

  private static ByteBuf bytes(Packet packet) {
    ByteBuf bytes = Unpooled.buffer();
    packet.writeTo(bytes);
    return bytes;
  }

  private Packet sent() {
    ByteBuf out = channel.readOutbound();
    if (out == null) {
      return null;
    }
    EmbeddedChannel decoder = new EmbeddedChannel(new PacketDecoder(1_000));
    decoder.writeInbound(out);
    return decoder.readInbound();
  }

  @Test
  void aServerThatSpeaksIsNotAsked() {
    for (int i = 0; i < 10; i++) {
      pass(9);
      receive(NOOP);
    }
    assertThat(sent()).isNull();
  }

  @Test
  void aSilentServerIsAskedOnceAfterAnInterval() {
    pass(9);
    assertThat(sent()).isNull();
    pass(1);
    assertThat(sent().type()).isEqualTo(PacketType.ECHO_REQ);
    pass(19);
    assertThat(sent()).isNull();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void theAnswerIsLifeAndIsHeardByNobodyElse() {
    for (int i = 0; i < 10; i++) {
      pass(10);
      receive(Packet.response(PacketType.ECHO_RES, sent().argument(0)));
    }
    assertThat(channel.isOpen()).isTrue();
    assertThat(listener.pending()).isZero();
  }

  @Test
  void theAnswersToOtherEchoesArePassedOn() {
    receive(Packet.response(PacketType.ECHO_RES, new byte[] {1}));
    assertThat(listener.pending()).isOne();
  }

  @Test
  void aServerThatIsSilentForThreeIntervalsIsGivenUp() {
    pass(3);
    receive(NOOP);
    pass(29);
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void theLossSaysForHowLongNothingWasHeard() throws Exception {
    pass(30);
    assertThat(listener.nextClosed()).hasMessage("nothing was heard of it for 30000 ms");
  }

  @Test
  void aPartOfAPacketIsLife() {
    ByteBuf large = bytes(Packet.response(PacketType.ECHO_RES, new byte[50_000]));
    for (int i = 0; i < 5; i++) {
      pass(29);
      channel.writeInbound(large.readRetainedSlice(100));
    }
    large.release();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void timeInWhichNobodyReadsIsNoSilence() {
    channel.config().setAutoRead(false);
    pass(100);
    channel.config().setAutoRead(true);
    pass(19);
    assertThat(channel.isOpen()).isTrue();
    pass(20);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void nothingIsAskedOfAClosedConnection() {
    channel.close();
    pass(100);
    assertThat(sent()).isNull();
  }
}

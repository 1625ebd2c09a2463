// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacketChannelTest {

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final PacketChannel<PacketListener> packets =
      new PacketChannel<>(
          channel, new ServerAddress("here", 4730), 1_000, PacketChannelTest::answering);

  @BeforeEach
  void connect() {
    channel.pipeline().addLast(packets);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void theSocketIsReadUnlessTheSessionSaysOtherwise() {
    assertThat(channel.config().isAutoRead()).isTrue();
    packets.setReading(false);
    assertThat(channel.config().isAutoRead()).isFalse();
    packets.setReading(true);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void whatAnswersAReadLeavesTogetherAtItsEnd() {
    hear(PacketChannel.PART - 1);
    assertThat(channel.outboundMessages()).isEmpty();

    channel.pipeline().fireChannelReadComplete();
    assertThat(packetsOfNextBuffer()).isEqualTo(PacketChannel.PART - 1);
    assertThat(channel.outboundMessages()).isEmpty();
  }

  @Test
  void whatAnswersALongReadLeavesInParts() {
    hear(2 * PacketChannel.PART + 1);
    assertThat(packetsOfNextBuffer()).isEqualTo(PacketChannel.PART);
    assertThat(packetsOfNextBuffer()).isEqualTo(PacketChannel.PART);
    assertThat(channel.outboundMessages()).isEmpty();

    channel.pipeline().fireChannelReadComplete();
    assertThat(packetsOfNextBuffer()).isEqualTo(1);
  }

  @Test
  void eachReadIsCountedAnew() {
    hear(PacketChannel.PART - 1);
    channel.pipeline().fireChannelReadComplete();
    channel.releaseOutbound();

    hear(PacketChannel.PART - 1);
    assertThat(channel.outboundMessages()).isEmpty();
  }

  /** A read of packets, the end of which is still to come; each is answered. */
  private void hear(int count) {
    for (int i = 0; i < count; i++) {
      channel.pipeline().fireChannelRead(Packet.response(PacketType.NOOP));
    }
  }

  private int packetsOfNextBuffer() {
    ByteBuf next = channel.readOutbound();
    int packets = next.readableBytes() / Packet.HEADER_SIZE;
    next.release();
    return packets;
  }

  private static PacketListener answering(PacketConnection connection) {
    return new PacketListener() {
      @Override
      public void onPacket(Packet packet) {
        connection.write(Packet.request(PacketType.GRAB_JOB));
      }

      @Override
      public void onWritable() {}

      @Override
      public void onClosed(@Nullable Throwable cause) {}
    };
  }
}

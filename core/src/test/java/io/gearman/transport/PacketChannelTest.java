// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacketChannelTest {

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final PacketChannel<PacketListener> packets =
      new PacketChannel<>(
          channel, new ServerAddress("here", 4730), 1_000, connection -> new Answering());

  private Runnable answer = () -> write(PacketType.GRAB_JOB);
  private Runnable onWritable = () -> {};
  private int writable;
  private final List<Optional<Throwable>> closed = new ArrayList<>(); // and why

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

  @Test
  void whoWaitsToWriteIsToldInTheMiddleOfALongRead() {
    answer = this::writeTillItIsEnough;
    hear(PacketChannel.PART - 1);
    assertThat(writable).isZero();

    hear(1);
    assertThat(writable).isOne();
  }

  @Test
  void whatIsWrittenWhenToldSoInALongReadLeavesBehindWhatWasWrittenBefore() {
    answer = this::writeTillItIsEnough;
    onWritable = () -> write(PacketType.PRE_SLEEP);
    hear(PacketChannel.PART);
    channel.releaseOutbound();

    channel.pipeline().fireChannelReadComplete();
    assertThat(packetsOfNextBuffer()).isOne();
    assertThat(channel.outboundMessages()).isEmpty();
  }

  @Test
  void whatWasWrittenBeforeTheListenerClosesInALongReadLeaves() {
    hear(PacketChannel.PART + 2);
    channel.releaseOutbound();

    packets.dispose();
    assertThat(packetsOfNextBuffer()).isEqualTo(2);
  }

  @Test
  void whatIsWrittenAfterALongReadHasFailedGoesNowhere() {
    RuntimeException failure = new ProtocolException("no packet");
    hear(1);
    channel.pipeline().fireExceptionCaught(new DecoderException(failure));
    channel.releaseOutbound();

    write(PacketType.PRE_SLEEP);
    hear(PacketChannel.PART);
    assertThat(channel.outboundMessages()).isEmpty();
    assertThat(closed).singleElement().isEqualTo(Optional.of(failure));
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

  private void write(PacketType type) {
    packets.write(Packet.request(type));
  }

  private void writeTillItIsEnough() {
    while (packets.isWritable()) {
      packets.write(Packet.request(PacketType.ECHO_REQ, new byte[8 << 10]));
    }
  }

  private final class Answering implements PacketListener {

    @Override
    public void onPacket(Packet packet) {
      answer.run();
    }

    @Override
    public void onWritable() {
      writable++;
      onWritable.run();
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      closed.add(Optional.ofNullable(cause));
    }
  }
}

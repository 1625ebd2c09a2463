// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static io.gearman.protocol.Packets.encode;
import static io.gearman.protocol.Packets.feed;
import static io.gearman.protocol.Packets.received;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large data that stays where it was received, outside of the heap. */
class PassingThroughTest {

  private static final int SIZE = 300_000;
  private static final byte[] DATA = data();
  private static final byte[] BYTES =
      encode(Packet.request(PacketType.WORK_COMPLETE, "H:a:1".getBytes(ISO_8859_1), DATA));

  private final List<Integer> reserved = new ArrayList<>();
  private int limit = Integer.MAX_VALUE;
  private int given;
  private final EmbeddedChannel channel = new EmbeddedChannel(new Passing());

  private static byte[] data() {
    byte[] data = new byte[SIZE];
    new Random(1).nextBytes(data);
    return data;
  }

  private final class Passing extends PacketDecoder {

    Passing() {
      super(DEFAULT_MAX_PACKET_SIZE);
    }

    @Override
    protected boolean passesThrough(PacketType type) {
      return type == PacketType.WORK_COMPLETE;
    }

    @Override
    protected void reserve(int bytes) {
      if (bytes > limit) {
        throw new ProtocolException("no room");
      }
      reserved.add(bytes);
    }

    @Override
    protected void release() {
      given++;
    }
  }

  /** In buffers of that size, as a socket is read. */
  private List<ByteBuf> reads(int size) {
    List<ByteBuf> reads = new ArrayList<>();
    for (int from = 0; from < BYTES.length; from += size) {
      int length = Math.min(size, BYTES.length - from);
      ByteBuf read = PooledByteBufAllocator.DEFAULT.directBuffer(size, size);
      reads.add(read.writeBytes(BYTES, from, length));
    }
    return reads;
  }

  @ParameterizedTest
  @ValueSource(ints = {97, 1_460, 9_000, 20_000, 65_536, 1 << 20})
  void everyByteArrivesHoweverItIsCutAndIsFreedWithThePacket(int size) {
    List<ByteBuf> reads = reads(size);
    reads.forEach(read -> channel.writeInbound(read));

    List<Packet> packets = received(channel);
    assertThat(packets).hasSize(1);
    Packet packet = packets.get(0);
    assertThat(packet.text(0)).isEqualTo("H:a:1");
    assertThat(packet.argument(1)).isEqualTo(DATA);
    assertThat(packet.lastLength()).isEqualTo(SIZE);
    assertThat(packet.size()).isEqualTo(BYTES.length);
    assertThat(packet.onHeap()).isEqualTo(packet);
    assertThat(encode(packet)).isEqualTo(BYTES);

    packet.release();
    channel.finishAndReleaseAll();
    assertThat(reads).allSatisfy(read -> assertThat(read.refCnt()).isZero());
  }

  @Test
  void fullReadsAreNotCopied() {
    List<ByteBuf> reads = reads(65_536);
    reads.forEach(read -> channel.writeInbound(read));

    Packet packet = received(channel).get(0);
    assertThat(reads.subList(0, reads.size() - 1))
        .allSatisfy(read -> assertThat(read.refCnt()).isEqualTo(1));
    packet.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void smallReadsHoldNoBufferButTheOneTheyAreCopiedTo() {
    List<ByteBuf> reads = new ArrayList<>();
    for (int from = 0; from < 200_000; from += 1_000) {
      ByteBuf large = PooledByteBufAllocator.DEFAULT.directBuffer(65_536);
      reads.add(large.writeBytes(BYTES, from, 1_000));
    }
    reads.forEach(read -> channel.writeInbound(read));

    assertThat(reads).allSatisfy(read -> assertThat(read.refCnt()).isZero());
    assertThat(reserved).last().satisfies(held -> assertThat(held).isBetween(199_000, 270_000));
    channel.finishAndReleaseAll();
  }

  /** Reads that fill only a part of their buffers, with others in between. */
  private List<ByteBuf> partlyFilled(int... lengths) {
    List<ByteBuf> reads = new ArrayList<>();
    int from = 0;
    for (int i = 0; from < BYTES.length; i++) {
      int length = Math.min(lengths[i % lengths.length], BYTES.length - from);
      ByteBuf read = PooledByteBufAllocator.DEFAULT.directBuffer(65_536, 65_536);
      reads.add(read.writeBytes(BYTES, from, length));
      from += length;
    }
    return reads;
  }

  @Test
  void noMoreThanHalfOfWhatIsHeldIsUnused() {
    List<ByteBuf> reads = partlyFilled(1, 33_000);
    reads.subList(0, 6).forEach(read -> channel.writeInbound(read));

    int arrived = 3 * 33_001;
    assertThat(reserved).last().satisfies(held -> assertThat(held).isLessThan(2 * arrived));
    reads.subList(6, reads.size()).forEach(ByteBuf::release);
    channel.finishAndReleaseAll();
    assertThat(reads).allSatisfy(read -> assertThat(read.refCnt()).isZero());
  }

  @Test
  void dataThatIsAloneHasRoomHoweverItIsCut() {
    limit = SIZE;
    partlyFilled(40_000, 1, 33_000).forEach(read -> channel.writeInbound(read));

    Packet packet = received(channel).get(0);
    assertThat(packet.argument(1)).isEqualTo(DATA);
    packet.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void isCopiedToTheHeapOnceForAll() {
    reads(65_536).forEach(read -> channel.writeInbound(read));
    Packet packet = received(channel).get(0);

    assertThat(packet.onHeap()).isSameAs(packet.onHeap());
    packet.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void declaredSizeAloneTakesNoMoreThanTheFirstStep() {
    feed(channel, Arrays.copyOf(BYTES, 100));
    assertThat(reserved).last().isEqualTo(4 << 10);
    channel.finishAndReleaseAll();
  }

  @Test
  void whatIsWrittenOutlivesThePacket() {
    reads(65_536).forEach(read -> channel.writeInbound(read));
    Packet packet = received(channel).get(0);
    ByteBuf written = packet.asResponse().lastArgument();
    packet.release();

    assertThat(written).isEqualTo(Unpooled.wrappedBuffer(DATA));
    assertThat(written.release()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void whatIsIncompleteIsFreedWithTheConnection() {
    List<ByteBuf> reads = reads(65_536);
    reads.subList(0, 3).forEach(read -> channel.writeInbound(read));
    assertThat(reads.get(1).refCnt()).isEqualTo(1);

    channel.finishAndReleaseAll();
    assertThat(reads.subList(0, 3)).allSatisfy(read -> assertThat(read.refCnt()).isZero());
    reads.subList(3, reads.size()).forEach(ByteBuf::release);
    assertThat(given).isPositive();
  }

  @Test
  void whatFindsNoRoomIsFreedAtOnce() {
    limit = 140_000;
    List<ByteBuf> reads = reads(65_536);
    channel.writeInbound(reads.get(0));
    channel.writeInbound(reads.get(1));
    assertThatThrownBy(() -> channel.writeInbound(reads.get(2)))
        .isInstanceOf(DecoderException.class)
        .hasRootCauseMessage("no room");

    assertThat(reads.subList(0, 3)).allSatisfy(read -> assertThat(read.refCnt()).isZero());
    reads.subList(3, reads.size()).forEach(ByteBuf::release);
    channel.finishAndReleaseAll();
  }

  @Test
  void smallDataAndThatOfOtherTypesIsOnTheHeap() {
    Packet small = Packet.request(PacketType.WORK_COMPLETE, new byte[] {'h'}, new byte[1_000]);
    Packet other = Packet.request(PacketType.ECHO_REQ, DATA);
    feed(channel, encode(small, other));

    assertThat(received(channel))
        .containsExactly(small, other)
        .allSatisfy(packet -> assertThat(packet.onHeap()).isSameAs(packet));
    channel.finishAndReleaseAll();
  }
}

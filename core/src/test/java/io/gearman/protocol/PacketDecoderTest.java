// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static io.gearman.protocol.Packets.decode;
import static io.gearman.protocol.Packets.decoder;
import static io.gearman.protocol.Packets.encode;
import static io.gearman.protocol.Packets.feed;
import static io.gearman.protocol.Packets.received;
import static io.gearman.protocol.Packets.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketDecoderTest {

  private static final int REQ = Magic.REQUEST.code();
  private static final int MIB = 1 << 20;

  @Nested
  class Header {

    @ParameterizedTest
    @EnumSource
    void bothMagicsAreReadWithEveryType(PacketType type) {
      String[] arguments = new String[type.arguments().size()];
      Arrays.fill(arguments, "a");
      Packet request = request(type, arguments);

      assertThat(decode(encode(request, request.asResponse())))
          .containsExactly(request, request.asResponse());
    }

    @ParameterizedTest
    @ValueSource(
        ints = {0, 43, 44, 1000, 1004, 65_536 + 7, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void unknownTypeIsRefused(int type) {
      for (Magic magic : Magic.values()) {
        refused(header(magic.code(), type, 0), Integer.toUnsignedString(type));
      }
    }

    @ParameterizedTest
    @ValueSource(
        ints = {
          0,
          0x00524550, // \0REP
          0x00524552,
          0x00524554,
          0x00726571, // \0req
          0x00525145,
          0x52455100, // REQ\0
          0x47455420, // GET
          Integer.MIN_VALUE,
          Integer.MAX_VALUE,
          -1
        })
    void otherMagicIsRefused(int magic) {
      refused(header(magic, PacketType.NOOP.code(), 0), "0x%08x".formatted(magic));
    }

    @Test
    void nothingIsJudgedBeforeTheHeaderIsComplete() {
      EmbeddedChannel channel = decoder();
      feed(channel, "ffffffff ffffffff ffffff");
      assertThat(received(channel)).isEmpty();
      channel.finishAndReleaseAll();
    }
  }

  @Nested
  class Size {

    private static final int LIMIT = 1_000;
    private static final int LARGEST_DATA = LIMIT - Packet.HEADER_SIZE;

    @Test
    void packetOfExactlyTheLimitIsRead() {
      EmbeddedChannel channel = new EmbeddedChannel(new PacketDecoder(LIMIT));
      Packet packet = Packet.request(PacketType.ECHO_REQ, new byte[LARGEST_DATA]);
      feed(channel, encode(packet));
      assertThat(received(channel)).containsExactly(packet);
      channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(ints = {LARGEST_DATA + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void packetOverTheLimitIsRefusedByItsHeader(int size) {
      EmbeddedChannel channel = new EmbeddedChannel(new PacketDecoder(LIMIT));
      refused(channel, header(REQ, PacketType.ECHO_REQ.code(), size), "limit of 1000 bytes");
    }

    @Test
    void limitIs64MiBUnlessAnotherIsGiven() {
      int largestData = 64 * MIB - Packet.HEADER_SIZE;
      EmbeddedChannel channel = decoder();
      feed(channel, header(REQ, PacketType.ECHO_REQ.code(), largestData));
      assertThat(received(channel)).isEmpty();
      channel.finishAndReleaseAll();
      refused(header(REQ, PacketType.ECHO_REQ.code(), largestData + 1), "67108864");
    }

    @ParameterizedTest
    @ValueSource(ints = {Packet.HEADER_SIZE - 1, 0, -1, Integer.MIN_VALUE})
    void limitBelowTheHeaderIsRefused(int limit) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new PacketDecoder(limit))
          .withMessageContaining("maxPacketSize")
          .withMessageContaining(String.valueOf(limit));
    }

    @Test
    void limitMayBeAsHighAsAnIntAllows() {
      EmbeddedChannel channel = new EmbeddedChannel(new PacketDecoder(Integer.MAX_VALUE));
      feed(channel, header(REQ, PacketType.ECHO_REQ.code(), Integer.MAX_VALUE - 12));
      assertThat(received(channel)).isEmpty();
      channel.finishAndReleaseAll();
    }

    @Test
    void bodyOfATypeWithoutArgumentsIsIgnored() {
      byte[] grab = withBody(PacketType.GRAB_JOB, "a\0b\0c");
      byte[] longest = withBody(PacketType.NOOP, "x".repeat(PacketDecoder.MAX_ARGUMENT_SIZE));

      assertThat(decode(grab, longest, encode(request(PacketType.PRE_SLEEP))))
          .containsExactly(
              request(PacketType.GRAB_JOB),
              request(PacketType.NOOP),
              request(PacketType.PRE_SLEEP));
      refused(header(REQ, PacketType.GRAB_JOB.code(), PacketDecoder.MAX_ARGUMENT_SIZE + 1), "body");
    }
  }

  @Nested
  class Arguments {

    @ParameterizedTest
    @EnumSource
    void missingNulIsNoticedWithThePacketAndNotWithTheNext(PacketType type) {
      for (int nuls = 0; nuls < type.arguments().size() - 1; nuls++) {
        String name = type.arguments().get(nuls);
        refused(withBody(type, "a\0".repeat(nuls) + "b"), "ends within its argument \"" + name);
        refused(withBody(type, "a\0".repeat(nuls)), "ends within its argument \"" + name);
      }
    }

    @Test
    void nulOfTheNextPacketIsNotTaken() {
      EmbeddedChannel channel = decoder();
      byte[] broken = withBody(PacketType.SUBMIT_JOB, "rev");
      byte[] both = Arrays.copyOf(broken, broken.length + Packet.HEADER_SIZE);
      System.arraycopy(
          encode(request(PacketType.GRAB_JOB)), 0, both, broken.length, Packet.HEADER_SIZE);
      refused(channel, both, "SUBMIT_JOB ends within its argument \"function\"");
    }

    @Test
    void argumentOf8191BytesAndItsNulIsRead() {
      Packet packet = request(PacketType.SUBMIT_JOB, "f".repeat(8191), "u".repeat(8191), "data");
      assertThat(decode(encode(packet))).containsExactly(packet);
    }

    @Test
    void argumentOf8192BytesIsRefused() {
      refused(
          encode(request(PacketType.SUBMIT_JOB, "f".repeat(8192), "", "data")),
          "argument \"function\" of SUBMIT_JOB is longer than 8192 bytes");
      refused(encode(request(PacketType.SUBMIT_JOB, "f", "u".repeat(8192), "data")), "unique");
    }

    @Test
    void argumentOf8192BytesIsRefusedBeforeTheRestHasCome() {
      byte[] whole = encode(request(PacketType.SUBMIT_JOB, "f".repeat(9000), "", "data"));
      EmbeddedChannel channel = decoder();
      feed(channel, Arrays.copyOf(whole, Packet.HEADER_SIZE + 8191));
      refused(channel, new byte[] {'f'}, "function");
    }

    @ParameterizedTest
    @EnumSource
    void lastArgumentThatIsNotDataIsReadUpTo8192BytesAndRefusedBeyond(PacketType type) {
      int count = type.arguments().size();
      if (count == 0 || type.endsInData()) {
        return;
      }
      String[] arguments = new String[count];
      Arrays.fill(arguments, "a");
      arguments[count - 1] = "x".repeat(8192);
      Packet longest = request(type, arguments);
      assertThat(decode(encode(longest))).containsExactly(longest);

      arguments[count - 1] = "x".repeat(8193);
      refused(encode(request(type, arguments)), type.arguments().get(count - 1));
    }

    @Test
    void dataMayBeEmpty() {
      Packet packet = request(PacketType.WORK_COMPLETE, "H:a:1", "");
      assertThat(decode(encode(packet))).containsExactly(packet);
      assertThat(decode("00524551 00000010 00000000"))
          .containsExactly(request(PacketType.ECHO_REQ, ""));
    }

    @Test
    void argumentsMayBeEmpty() {
      Packet packet = request(PacketType.SUBMIT_JOB, "", "", "");
      assertThat(decode(encode(packet))).containsExactly(packet);
    }

    @Test
    void nulsOfTheLastArgumentBelongToIt() {
      List<Packet> packets =
          List.of(
              request(PacketType.WORK_DATA, "H:a:1", "\0\0"),
              request(PacketType.CAN_DO, "rev\0"),
              request(PacketType.WORK_STATUS, "H:a:1", "1", "10\0\0"));
      assertThat(decode(encode(packets))).isEqualTo(packets);
    }
  }

  @Nested
  class Failure {

    @Test
    void packetsBeforeTheFailureAreDelivered() {
      EmbeddedChannel channel = decoder();
      byte[] good = encode(request(PacketType.PRE_SLEEP));
      byte[] bytes = Arrays.copyOf(good, good.length + Packet.HEADER_SIZE);
      Arrays.fill(bytes, good.length, bytes.length, (byte) 'x');
      assertThatThrownBy(() -> feed(channel, bytes)).hasCauseInstanceOf(ProtocolException.class);
      assertThat(received(channel)).containsExactly(request(PacketType.PRE_SLEEP));
      channel.finishAndReleaseAll();
    }

    @Test
    void everythingAfterTheFailureIsDiscarded() {
      byte[] good = encode(request(PacketType.PRE_SLEEP));
      EmbeddedChannel channel = decoder();
      byte[] bad = ByteBuffer.allocate(24).put(header(REQ, 43, 0)).put(good).array();
      assertThatThrownBy(() -> feed(channel, bad)).hasCauseInstanceOf(ProtocolException.class);

      feed(channel, good);
      feed(channel, header(REQ, 43, 0));
      assertThat(received(channel)).isEmpty();
      assertThat(channel.finishAndReleaseAll()).isFalse();
    }
  }

  @Nested
  class Memory {

    private static final int MANY = 2_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** 117 GiB are declared; the test JVM has 256 MiB. */
    @Test
    void declaredSizesAloneTakeNoMemory() {
      List<EmbeddedChannel> channels = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        EmbeddedChannel channel = decoder();
        feed(channel, largeWorkData());
        channels.add(channel);
      }
      assertThat(channels).allSatisfy(channel -> assertThat(received(channel)).isEmpty());
      channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    @Test
    void declaredSizeAloneTakesNoMoreThanTheFirstStep() {
      EmbeddedChannel channel = decoder();
      byte[] begin = largeWorkData();
      long allocated = allocated(() -> channel.writeInbound(Unpooled.wrappedBuffer(begin)));
      assertThat(allocated).isLessThan(256 << 10);
      channel.finishAndReleaseAll();
    }

    @Test
    void largePacketInSmallReadsIsCopiedAConstantNumberOfTimes() {
      int size = 16 * MIB;
      byte[] piece = new byte[16 << 10];
      EmbeddedChannel channel = decoder();
      feed(channel, header(REQ, PacketType.ECHO_REQ.code(), size));
      long allocated =
          allocated(
              () -> {
                for (int sent = 0; sent < size; sent += piece.length) {
                  channel.writeInbound(Unpooled.wrappedBuffer(piece));
                }
              });
      assertThat(received(channel))
          .singleElement()
          .satisfies(packet -> assertThat(packet.argument(0)).hasSize(size));
      assertThat(allocated).isLessThan(4L * size);
      channel.finishAndReleaseAll();
    }

    /** What a socket gives at once is 64 KiB. */
    @Test
    void megabyteInLargeReadsTakesOneArray() {
      byte[] packet = new byte[Packet.HEADER_SIZE + MIB];
      System.arraycopy(
          header(REQ, PacketType.ECHO_REQ.code(), MIB), 0, packet, 0, Packet.HEADER_SIZE);
      EmbeddedChannel channel = decoder();
      int read = 64 << 10;
      long allocated =
          allocated(
              () -> {
                for (int from = 0; from < packet.length; from += read) {
                  int length = Math.min(read, packet.length - from);
                  channel.writeInbound(Unpooled.wrappedBuffer(packet, from, length));
                }
              });
      assertThat(received(channel)).hasSize(1);
      assertThat(allocated).isLessThan(MIB + MIB / 5);
      channel.finishAndReleaseAll();
    }

    private long allocated(Runnable work) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      work.run();
      return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** The header and the handle of a packet of 60 MiB. */
    private byte[] largeWorkData() {
      return ByteBuffer.allocate(Packet.HEADER_SIZE + 6)
          .put(header(REQ, PacketType.WORK_DATA.code(), 60 * MIB))
          .put("H:a:1\0".getBytes(ISO_8859_1))
          .array();
    }
  }

  private static void refused(byte[] bytes, String message) {
    refused(decoder(), bytes, message);
  }

  private static void refused(EmbeddedChannel channel, byte[] bytes, String message) {
    assertThatThrownBy(() -> feed(channel, bytes))
        .isInstanceOf(DecoderException.class)
        .cause()
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message);
    assertThat(received(channel)).isEmpty();
    channel.finishAndReleaseAll();
  }

  private static byte[] withBody(PacketType type, String body) {
    byte[] bytes = body.getBytes(ISO_8859_1);
    return ByteBuffer.allocate(Packet.HEADER_SIZE + bytes.length)
        .put(header(REQ, type.code(), bytes.length))
        .put(bytes)
        .array();
  }

  private static byte[] header(int magic, int type, int size) {
    return ByteBuffer.allocate(Packet.HEADER_SIZE).putInt(magic).putInt(type).putInt(size).array();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static io.gearman.protocol.Packets.decode;
import static io.gearman.protocol.Packets.decoder;
import static io.gearman.protocol.Packets.encode;
import static io.gearman.protocol.Packets.feed;
import static io.gearman.protocol.Packets.received;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

class PacketDecoderProperties {

  private static final Duration FOREVER = Duration.ofSeconds(20);

  @Property(tries = 500)
  void packetIsReadAsItWasWritten(@ForAll("packets") Packet packet) {
    byte[] bytes = encode(packet);

    assertThat(bytes).hasSize((int) packet.size());
    assertThat(decode(bytes))
        .singleElement()
        .isEqualTo(packet)
        .hasSameHashCodeAs(packet)
        .hasToString(packet.toString());
  }

  @Property(tries = 200)
  void packetsAreTheSameWhereverTheirBytesAreCut(
      @ForAll @Size(min = 1, max = 4) List<@From("packets") Packet> packets) {
    byte[] bytes = encode(packets);

    for (int cut = 0; cut <= bytes.length; cut++) {
      byte[] head = Arrays.copyOf(bytes, cut);
      byte[] tail = Arrays.copyOfRange(bytes, cut, bytes.length);
      assertThat(decode(head, tail)).as("cut at %d", cut).isEqualTo(packets);
    }
  }

  @Property(tries = 200)
  void packetsAreTheSameIfTheirBytesComeOneByOne(
      @ForAll @Size(min = 1, max = 4) List<@From("packets") Packet> packets) {
    EmbeddedChannel channel = decoder();
    for (byte b : encode(packets)) {
      feed(channel, new byte[] {b});
    }

    assertThat(received(channel)).isEqualTo(packets);
    channel.finishAndReleaseAll();
  }

  /** Sizes around powers of two, where growing in steps would go wrong; up to 16 MiB. */
  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void largePacketIsTheSameWhereverItIsCut(
      @ForAll("largeSizes") int size,
      @ForAll @Size(max = 12) List<@DoubleRange(max = 1) Double> cuts) {
    byte[] data = new byte[size];
    for (int i = 0; i < size; i++) {
      data[i] = (byte) (i ^ i >>> 8 ^ i >>> 16);
    }
    ByteBuf whole = Unpooled.buffer(size + 64);
    Packets.request(PacketType.PRE_SLEEP).writeTo(whole);
    Packet large = Packet.request(PacketType.WORK_DATA, "H:a:1".getBytes(ISO_8859_1), data);
    large.writeTo(whole);
    Packets.request(PacketType.GRAB_JOB).writeTo(whole);

    EmbeddedChannel channel = decoder();
    for (ByteBuf piece : cut(whole, cuts)) {
      channel.writeInbound(piece);
    }
    assertThat(received(channel))
        .containsExactly(
            Packets.request(PacketType.PRE_SLEEP), large, Packets.request(PacketType.GRAB_JOB));
    channel.finishAndReleaseAll();
  }

  @Property(tries = 1_000)
  void anyBytesArePacketsOrAProtocolException(@ForAll @Size(max = 100) byte[] bytes) {
    assertTimeoutPreemptively(FOREVER, () -> decodeAnything(bytes));
  }

  @Property(tries = 1_000)
  void anyBodyIsAPacketOrAProtocolException(
      @ForAll PacketType type, @ForAll Magic magic, @ForAll @Size(max = 60) byte[] body) {
    byte[] bytes =
        ByteBuffer.allocate(Packet.HEADER_SIZE + body.length)
            .putInt(magic.code())
            .putInt(type.code())
            .putInt(body.length)
            .put(body)
            .array();
    assertTimeoutPreemptively(FOREVER, () -> decodeAnything(bytes));
  }

  @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
  void damagedPacketsArePacketsOrAProtocolException(
      @ForAll @Size(min = 1, max = 3) List<@From("packets") Packet> packets,
      @ForAll @Size(min = 1, max = 3) List<@DoubleRange(max = 1) Double> places,
      @ForAll byte value,
      @ForAll Damage damage) {
    byte[] bytes = encode(packets);
    for (double place : places) {
      bytes = damage.apply(bytes, (int) (place * (bytes.length - 1)), value);
    }
    byte[] damaged = bytes;
    assertTimeoutPreemptively(FOREVER, () -> decodeAnything(damaged));
  }

  enum Damage {
    OVERWRITE {
      @Override
      byte[] apply(byte[] bytes, int place, byte value) {
        byte[] result = bytes.clone();
        result[place] = value;
        return result;
      }
    },
    INSERT {
      @Override
      byte[] apply(byte[] bytes, int place, byte value) {
        return ByteBuffer.allocate(bytes.length + 1)
            .put(bytes, 0, place)
            .put(value)
            .put(bytes, place, bytes.length - place)
            .array();
      }
    },
    REMOVE {
      @Override
      byte[] apply(byte[] bytes, int place, byte value) {
        return ByteBuffer.allocate(bytes.length - 1)
            .put(bytes, 0, place)
            .put(bytes, place + 1, bytes.length - place - 1)
            .array();
      }
    };

    abstract byte[] apply(byte[] bytes, int place, byte value);
  }

  /** Whole, in two reads and byte by byte: each way gives the same packets and the same end. */
  private static void decodeAnything(byte[] bytes) {
    List<Object> whole = outcome(List.of(bytes));
    int half = bytes.length / 2;
    List<byte[]> single = new ArrayList<>();
    for (byte b : bytes) {
      single.add(new byte[] {b});
    }

    assertThat(
            outcome(
                List.of(Arrays.copyOf(bytes, half), Arrays.copyOfRange(bytes, half, bytes.length))))
        .isEqualTo(whole);
    assertThat(outcome(single)).isEqualTo(whole);
  }

  /** The packets read, and then the message of the failure if there was one. */
  private static List<Object> outcome(List<byte[]> reads) {
    EmbeddedChannel channel = decoder();
    List<Object> outcome = new ArrayList<>();
    for (byte[] read : reads) {
      try {
        feed(channel, read);
      } catch (DecoderException e) {
        assertThat(e).hasCauseInstanceOf(ProtocolException.class);
        outcome.addAll(received(channel));
        outcome.add(e.getCause().getMessage());
      }
    }
    outcome.addAll(received(channel));
    channel.finishAndReleaseAll();
    return outcome;
  }

  private static List<ByteBuf> cut(ByteBuf whole, List<Double> cuts) {
    Set<Integer> places = new TreeSet<>();
    cuts.forEach(cut -> places.add((int) (cut * whole.readableBytes())));
    places.add(whole.readableBytes());
    List<ByteBuf> pieces = new ArrayList<>();
    int from = 0;
    for (int to : places) {
      pieces.add(Unpooled.wrappedBuffer(whole.array(), from, to - from));
      from = to;
    }
    return pieces;
  }

  @Provide
  Arbitrary<Packet> packets() {
    return Combinators.combine(Arbitraries.of(PacketType.class), Arbitraries.of(Magic.class))
        .as(Tuple::of)
        .flatMap(
            kind ->
                arguments(kind.get1())
                    .map(arguments -> new Packet(kind.get2(), kind.get1(), arguments)));
  }

  private static Arbitrary<byte[][]> arguments(PacketType type) {
    int count = type.arguments().size();
    if (count == 0) {
      return Arbitraries.just(new byte[0][]);
    }
    Arbitrary<byte[]> name =
        Arbitraries.bytes().filter(b -> b != 0).array(byte[].class).ofMaxSize(6);
    Arbitrary<byte[]> last = Arbitraries.bytes().array(byte[].class).ofMaxSize(12);
    return Combinators.combine(name.list().ofSize(count - 1), last)
        .as(
            (names, data) -> {
              List<byte[]> arguments = new ArrayList<>(names);
              arguments.add(data);
              return arguments.toArray(byte[][]::new);
            });
  }

  @Provide
  Arbitrary<Integer> largeSizes() {
    return Combinators.combine(
            Arbitraries.integers().between(10, 24), Arbitraries.integers().between(-1, 1))
        .as((power, delta) -> (1 << power) + delta);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What the tests of this package share: short ways to packets, to their bytes and back. */
final class Packets {

  private Packets() {}

  static Packet request(PacketType type, String... arguments) {
    return Packet.request(type, bytes(arguments));
  }

  static Packet response(PacketType type, String... arguments) {
    return Packet.response(type, bytes(arguments));
  }

  static byte[][] bytes(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(ISO_8859_1)).toArray(byte[][]::new);
  }

  static byte[] encode(Packet... packets) {
    return encode(List.of(packets));
  }

  static byte[] encode(List<Packet> packets) {
    ByteBuf out = Unpooled.buffer();
    packets.forEach(packet -> packet.writeTo(out));
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  static EmbeddedChannel decoder() {
    return new EmbeddedChannel(new PacketDecoder(PacketDecoder.DEFAULT_MAX_PACKET_SIZE));
  }

  /** The packets in these bytes, which may contain spaces; fails if something is left over. */
  static List<Packet> decode(String hex) {
    return decode(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /** The packets in these bytes, cut into as many reads as there are arrays. */
  static List<Packet> decode(byte[]... reads) {
    EmbeddedChannel channel = decoder();
    try {
      for (byte[] read : reads) {
        feed(channel, read);
      }
      return received(channel);
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  /** One read, in a buffer whose leaking would be noticed. */
  static void feed(EmbeddedChannel channel, byte[] bytes) {
    channel.writeInbound(ByteBufAllocator.DEFAULT.buffer(bytes.length).writeBytes(bytes));
  }

  static void feed(EmbeddedChannel channel, String hex) {
    feed(channel, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /** What the decoder has put out since the last call. */
  static List<Packet> received(EmbeddedChannel channel) {
    List<Packet> packets = new ArrayList<>();
    for (Packet packet = channel.readInbound(); packet != null; packet = channel.readInbound()) {
      packets.add(packet);
    }
    return packets;
  }
}

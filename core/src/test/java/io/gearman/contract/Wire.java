// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** Packets from text, each character one byte. */
final class Wire {

  private Wire() {}

  static Packet request(PacketType type, String... arguments) {
    return Packet.request(type, arguments(arguments));
  }

  static Packet response(PacketType type, String... arguments) {
    return Packet.response(type, arguments(arguments));
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static byte[] encoded(Packet packet) {
    var buffer = Unpooled.buffer();
    packet.writeTo(buffer);
    return ByteBufUtil.getBytes(buffer);
  }

  private static byte[][] arguments(String... arguments) {
    return Arrays.stream(arguments).map(Wire::bytes).toArray(byte[][]::new);
  }
}

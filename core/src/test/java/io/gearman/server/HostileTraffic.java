// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.server.HostileConversation.Ending;
import io.gearman.server.HostilePiece.Damage;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Valid conversations, damaged, and what was never valid. */
final class HostileTraffic {

  private static final int REQUEST = 0x00524551;
  private static final int RESPONSE = 0x00524553;

  private HostileTraffic() {}

  static Arbitrary<List<HostileConversation>> conversations() {
    Arbitrary<HostilePiece> pieces =
        Combinators.combine(
                Arbitraries.frequencyOf(
                    Tuple.of(10, packets()),
                    Tuple.of(3, lines().map(HostileTraffic::bytes)),
                    Tuple.of(3, headers()),
                    Tuple.of(1, Arbitraries.bytes().array(byte[].class).ofMaxSize(60))),
                Arbitraries.frequency(
                    Tuple.of(16, Damage.NONE),
                    Tuple.of(1, Damage.FLIP),
                    Tuple.of(1, Damage.CUT),
                    Tuple.of(2, Damage.DOUBLE),
                    Tuple.of(1, Damage.DROP_HEAD),
                    Tuple.of(1, Damage.RESIZE),
                    Tuple.of(1, Damage.SWAP_HALVES)),
                Arbitraries.integers().between(0, 100),
                Arbitraries.bytes())
            .as(HostilePiece::new);
    return Combinators.combine(
            pieces.list().ofMinSize(1).ofMaxSize(25),
            Arbitraries.integers().between(0, 1_000).list().ofMaxSize(6),
            Arbitraries.of(Ending.class))
        .as(HostileConversation::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] encoded(Packet packet) {
    var buffer = Unpooled.buffer();
    packet.writeTo(buffer);
    return ByteBufUtil.getBytes(buffer);
  }

  /** Packets that make sense more often than not, so that hostile peers do get jobs. */
  private static Arbitrary<byte[]> packets() {
    Arbitrary<PacketType> types =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.of(PacketType.class)),
            Tuple.of(
                4,
                Arbitraries.of(
                    PacketType.CAN_DO,
                    PacketType.CAN_DO_TIMEOUT,
                    PacketType.GRAB_JOB_ALL,
                    PacketType.GRAB_JOB,
                    PacketType.PRE_SLEEP,
                    PacketType.OPTION_REQ)),
            Tuple.of(
                3,
                Arbitraries.of(
                    PacketType.WORK_DATA, PacketType.WORK_STATUS, PacketType.WORK_COMPLETE)),
            Tuple.of(
                3,
                Arbitraries.of(
                    PacketType.SUBMIT_JOB,
                    PacketType.SUBMIT_JOB_BG,
                    PacketType.SUBMIT_JOB_EPOCH,
                    PacketType.SUBMIT_REDUCE_JOB)));
    return types.flatMap(
        type ->
            arguments(type)
                .map(arguments -> encoded(Packet.request(type, arguments.toArray(byte[][]::new)))));
  }

  private static Arbitrary<List<byte[]>> arguments(PacketType type) {
    if (type.arguments().isEmpty()) {
      return Arbitraries.just(List.of());
    }
    return Combinators.combine(
            type.arguments().stream()
                .map(name -> argument(name).map(HostileTraffic::bytes))
                .toList())
        .as(arguments -> arguments);
  }

  private static Arbitrary<String> argument(String name) {
    return switch (name) {
      case "function" ->
          Arbitraries.frequency(
              Tuple.of(20, "f"), Tuple.of(5, "g"), Tuple.of(1, ""), Tuple.of(1, "a b\t\n\u00ff"));
      case "unique", "client id" -> Arbitraries.of("", "u", "-", ".", "x".repeat(65), " \t\n");
      case "option" -> Arbitraries.of("flow", "exceptions", "x".repeat(64));
      case "data" ->
          Arbitraries.of(1, 1, 3, 8_000, 70_000).map(length -> "status\n\0".repeat(length / 8));
      case "handle" ->
          Arbitraries.frequencyOf(
              Tuple.of(
                  9,
                  Arbitraries.integers()
                      .between(1, 9)
                      .map(number -> HostileConversation.NEXT_JOBS + number)),
              Tuple.of(1, Arbitraries.of("H:x:1", "", "x".repeat(8_191), "x".repeat(8_192))));
      default ->
          Arbitraries.of(
              "0", "1", "1000", "-1", "\u00ff\u0001", "99999999999999999999", "9".repeat(30), "");
    };
  }

  private static Arbitrary<String> lines() {
    Arbitrary<String> words =
        Arbitraries.of(
            "status",
            "workers",
            "show",
            "jobs",
            "unique",
            "cancel",
            "job",
            "create",
            "drop",
            "function",
            "f",
            "maxqueue",
            "1",
            "shutdown",
            "\0",
            "\t",
            "",
            "\r",
            "\u00ff",
            "version",
            "x".repeat(8_200));
    Arbitrary<String> any = words.list().ofMaxSize(6).map(list -> String.join(" ", list));
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(3, any),
                Tuple.of(
                    1,
                    Arbitraries.of(
                        "create function ", "status", "workers", "show jobs", "maxqueue f 1 1 1"))),
            Arbitraries.of("\n", "\r\n", "\n", "", "\n\n"))
        .as(String::concat);
  }

  /** A header and a body that need not fit to each other, nor to the protocol. */
  private static Arbitrary<byte[]> headers() {
    return Combinators.combine(
            Arbitraries.of(REQUEST, REQUEST, REQUEST, RESPONSE, 0, 0x00FFFFFF),
            Arbitraries.of(
                0, 5, 7, 12, 13, 18, 23, 28, 35, 36, 43, 1001, 1003, 0x7fffffff, 0x80000000, -1),
            Arbitraries.of(0, 1, 11, 40, 8_193, 1 << 20, 0x03fffff4, 0x7fffffff, -1),
            Arbitraries.of(
                "", "f", "f\0", "f\0u", "f\0u\0", "x".repeat(8_193), "f\0\0" + "d".repeat(40)))
        .as(
            (magic, type, size, body) ->
                ByteBuffer.allocate(12 + body.length())
                    .putInt(magic)
                    .putInt(type)
                    .putInt(size)
                    .put(bytes(body))
                    .array());
  }
}

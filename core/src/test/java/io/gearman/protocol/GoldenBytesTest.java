// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static io.gearman.protocol.Packets.request;
import static io.gearman.protocol.Packets.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The bytes of every packet type, written by hand from the protocol: magic, number, size, and then
 * the arguments with 00 between them. {@code 483a613a31} is the handle H:a:1, {@code 726576} the
 * function rev, {@code 7531} the unique id u1, and {@code 780079} data with a NUL in it.
 */
class GoldenBytesTest {

  record Golden(Packet packet, String bytes) {
    @Override
    public String toString() {
      return packet.toString();
    }
  }

  static final List<Golden> GOLDEN =
      List.of(
          golden(
              request(PacketType.CAN_DO, "rev"), //
              "00524551 00000001 00000003 726576"),
          golden(
              request(PacketType.CANT_DO, "rev"), //
              "00524551 00000002 00000003 726576"),
          golden(
              request(PacketType.RESET_ABILITIES), //
              "00524551 00000003 00000000"),
          golden(
              request(PacketType.PRE_SLEEP), //
              "00524551 00000004 00000000"),
          golden(
              request(PacketType.UNUSED), //
              "00524551 00000005 00000000"),
          golden(
              response(PacketType.NOOP), //
              "00524553 00000006 00000000"),
          golden(
              request(PacketType.SUBMIT_JOB, "rev", "u1", "x\0y"),
              "00524551 00000007 0000000a 726576 00 7531 00 780079"),
          golden(
              response(PacketType.JOB_CREATED, "H:a:1"), //
              "00524553 00000008 00000005 483a613a31"),
          golden(
              request(PacketType.GRAB_JOB), //
              "00524551 00000009 00000000"),
          golden(
              response(PacketType.NO_JOB), //
              "00524553 0000000a 00000000"),
          golden(
              response(PacketType.JOB_ASSIGN, "H:a:1", "rev", "x\0y"),
              "00524553 0000000b 0000000d 483a613a31 00 726576 00 780079"),
          golden(
              request(PacketType.WORK_STATUS, "H:a:1", "1", "10"),
              "00524551 0000000c 0000000a 483a613a31 00 31 00 3130"),
          golden(
              response(PacketType.WORK_STATUS, "H:a:1", "1", "10"),
              "00524553 0000000c 0000000a 483a613a31 00 31 00 3130"),
          golden(
              request(PacketType.WORK_COMPLETE, "H:a:1", "x\0y"),
              "00524551 0000000d 00000009 483a613a31 00 780079"),
          golden(
              response(PacketType.WORK_COMPLETE, "H:a:1", ""),
              "00524553 0000000d 00000006 483a613a31 00"),
          golden(
              request(PacketType.WORK_FAIL, "H:a:1"), //
              "00524551 0000000e 00000005 483a613a31"),
          golden( // gearmand makes it from WORK_EXCEPTION and keeps the NUL
              response(PacketType.WORK_FAIL, "H:a:1\0"), //
              "00524553 0000000e 00000006 483a613a31 00"),
          golden(
              request(PacketType.GET_STATUS, "H:a:1"), //
              "00524551 0000000f 00000005 483a613a31"),
          golden(
              request(PacketType.ECHO_REQ, "x\0y"), //
              "00524551 00000010 00000003 780079"),
          golden(
              request(PacketType.ECHO_REQ, ""), //
              "00524551 00000010 00000000"),
          golden(
              response(PacketType.ECHO_RES, "x\0y"), //
              "00524553 00000011 00000003 780079"),
          golden(
              request(PacketType.SUBMIT_JOB_BG, "rev", "u1", "x\0y"),
              "00524551 00000012 0000000a 726576 00 7531 00 780079"),
          golden(
              response(PacketType.ERROR, "QUEUE_ERROR", "Job queue is full"),
              "00524553 00000013 0000001d 51554555455f4552524f52 00"
                  + " 4a6f622071756575652069732066756c6c"),
          golden(
              response(PacketType.STATUS_RES, "H:a:1", "1", "0", "3", "4"),
              "00524553 00000014 0000000d 483a613a31 00 31 00 30 00 33 00 34"),
          golden(
              request(PacketType.SUBMIT_JOB_HIGH, "rev", "u1", "x\0y"),
              "00524551 00000015 0000000a 726576 00 7531 00 780079"),
          golden(
              request(PacketType.SET_CLIENT_ID, "cli"), //
              "00524551 00000016 00000003 636c69"),
          golden(
              request(PacketType.CAN_DO_TIMEOUT, "rev", "1000"),
              "00524551 00000017 00000008 726576 00 31303030"),
          golden(
              request(PacketType.ALL_YOURS), //
              "00524551 00000018 00000000"),
          golden(
              request(PacketType.WORK_EXCEPTION, "H:a:1", "x\0y"),
              "00524551 00000019 00000009 483a613a31 00 780079"),
          golden(
              request(PacketType.OPTION_REQ, "exceptions"),
              "00524551 0000001a 0000000a 657863657074696f6e73"),
          golden(
              response(PacketType.OPTION_RES, "exceptions"),
              "00524553 0000001b 0000000a 657863657074696f6e73"),
          golden(
              request(PacketType.WORK_DATA, "H:a:1", "x\0y"),
              "00524551 0000001c 00000009 483a613a31 00 780079"),
          golden(
              request(PacketType.WORK_WARNING, "H:a:1", "x\0y"),
              "00524551 0000001d 00000009 483a613a31 00 780079"),
          golden(
              request(PacketType.GRAB_JOB_UNIQ), //
              "00524551 0000001e 00000000"),
          golden(
              response(PacketType.JOB_ASSIGN_UNIQ, "H:a:1", "rev", "u1", "x\0y"),
              "00524553 0000001f 00000010 483a613a31 00 726576 00 7531 00 780079"),
          golden(
              request(PacketType.SUBMIT_JOB_HIGH_BG, "rev", "u1", "x\0y"),
              "00524551 00000020 0000000a 726576 00 7531 00 780079"),
          golden(
              request(PacketType.SUBMIT_JOB_LOW, "rev", "u1", "x\0y"),
              "00524551 00000021 0000000a 726576 00 7531 00 780079"),
          golden(
              request(PacketType.SUBMIT_JOB_LOW_BG, "rev", "u1", "x\0y"),
              "00524551 00000022 0000000a 726576 00 7531 00 780079"),
          golden(
              request(PacketType.SUBMIT_JOB_SCHED, "rev", "u1", "5", "4", "31", "12", "-", "x\0y"),
              "00524551 00000023 00000016"
                  + " 726576 00 7531 00 35 00 34 00 3331 00 3132 00 2d 00 780079"),
          golden(
              request(PacketType.SUBMIT_JOB_EPOCH, "rev", "u1", "1700000000", "x\0y"),
              "00524551 00000024 00000015 726576 00 7531 00 31373030303030303030 00 780079"),
          golden(
              request(PacketType.SUBMIT_REDUCE_JOB, "rev", "u1", "sum", "", "x\0y"),
              "00524551 00000025 0000000f 726576 00 7531 00 73756d 00 00 780079"),
          golden(
              request(PacketType.SUBMIT_REDUCE_JOB_BACKGROUND, "rev", "u1", "sum", "", "x\0y"),
              "00524551 00000026 0000000f 726576 00 7531 00 73756d 00 00 780079"),
          golden(
              request(PacketType.GRAB_JOB_ALL), //
              "00524551 00000027 00000000"),
          golden(
              response(PacketType.JOB_ASSIGN_ALL, "H:a:1", "rev", "u1", "sum", "x\0y"),
              "00524553 00000028 00000014 483a613a31 00 726576 00 7531 00 73756d 00 780079"),
          golden(
              request(PacketType.GET_STATUS_UNIQUE, "u1"), //
              "00524551 00000029 00000002 7531"),
          golden(
              response(PacketType.STATUS_RES_UNIQUE, "u1", "1", "0", "3", "4", "2"),
              "00524553 0000002a 0000000c 7531 00 31 00 30 00 33 00 34 00 32"),
          golden(
              request(PacketType.WORK_DEMAND, "H:a:1", "64"),
              "00524551 000003e9 00000008 483a613a31 00 3634"),
          golden(
              request(PacketType.WORK_CANCEL, "H:a:1"), //
              "00524551 000003ea 00000005 483a613a31"),
          golden(
              response(PacketType.WORK_RESTARTED, "H:a:1"), //
              "00524553 000003eb 00000005 483a613a31"));

  private static Golden golden(Packet packet, String bytes) {
    return new Golden(packet, bytes.replace(" ", ""));
  }

  @ParameterizedTest
  @FieldSource("GOLDEN")
  void packetIsWrittenAsTheProtocolSays(Golden golden) {
    ByteBuf out = Unpooled.buffer();
    golden.packet().writeTo(out);

    byte[] written = new byte[out.readableBytes()];
    out.readBytes(written);
    assertThat(HexFormat.of().formatHex(written)).isEqualTo(golden.bytes());
    assertThat(golden.packet().size()).isEqualTo(written.length);
  }

  @ParameterizedTest
  @FieldSource("GOLDEN")
  void packetIsReadAsTheProtocolSays(Golden golden) {
    assertThat(Packets.decode(golden.bytes())).containsExactly(golden.packet());
  }

  @Test
  void everyTypeHasAGoldenRow() {
    Set<PacketType> covered =
        GOLDEN.stream()
            .map(golden -> golden.packet().type())
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(PacketType.class)));

    assertThat(EnumSet.complementOf(EnumSet.copyOf(covered))).isEmpty();
    assertThat(covered).hasSize(45);
  }
}

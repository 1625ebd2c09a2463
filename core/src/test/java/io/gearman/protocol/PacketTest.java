// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static io.gearman.protocol.Packets.bytes;
import static io.gearman.protocol.Packets.request;
import static io.gearman.protocol.Packets.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PacketTest {

  @ParameterizedTest
  @EnumSource
  void wrongNumberOfArgumentsIsRefused(PacketType type) {
    int right = type.arguments().size();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Packet.request(type, arguments(right + 1)))
        .withMessageContaining(type + " takes " + right + " arguments")
        .withMessageEndingWith("not " + (right + 1));
    if (right > 0) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Packet.response(type, arguments(right - 1)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void nulIsRefusedInEveryArgumentButTheLast(PacketType type) {
    int count = type.arguments().size();
    for (int i = 0; i < count; i++) {
      byte[][] arguments = arguments(count);
      arguments[i] = new byte[] {'a', 0, 'b'};
      if (i == count - 1) {
        assertThat(Packet.request(type, arguments).argument(i)).hasSize(3);
      } else {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Packet.request(type, arguments))
            .withMessageContaining(type.arguments().get(i))
            .withMessageContaining("NUL");
      }
    }
  }

  @Test
  void argumentsAreBytesAndNoByteIsLostInText() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    Packet packet = Packet.request(PacketType.ECHO_REQ, all);

    assertThat(packet.argument(0)).isSameAs(all);
    assertThat(packet.text(0).chars().toArray()).containsExactly(range(256));
  }

  @Test
  void packetsAreEqualByMagicTypeAndBytes() {
    Packet packet = request(PacketType.WORK_DATA, "H:a:1", "x");

    assertThat(packet)
        .isEqualTo(request(PacketType.WORK_DATA, "H:a:1", "x"))
        .hasSameHashCodeAs(request(PacketType.WORK_DATA, "H:a:1", "x"))
        .isNotEqualTo(response(PacketType.WORK_DATA, "H:a:1", "x"))
        .isNotEqualTo(request(PacketType.WORK_WARNING, "H:a:1", "x"))
        .isNotEqualTo(request(PacketType.WORK_DATA, "H:a:2", "x"))
        .isNotEqualTo(request(PacketType.WORK_DATA, "H:a:1", "y"))
        .isNotEqualTo("REQUEST WORK_DATA");
  }

  @Test
  void packetIsPassedOnAsResponseWithTheSameArguments() {
    Packet packet = request(PacketType.WORK_COMPLETE, "H:a:1", "x");
    Packet passedOn = packet.asResponse();

    assertThat(passedOn).isEqualTo(response(PacketType.WORK_COMPLETE, "H:a:1", "x"));
    assertThat(passedOn.argument(1)).isSameAs(packet.argument(1));
  }

  @Test
  void lastArgumentOfATypeWithoutArgumentsIsEmpty() {
    assertThat(request(PacketType.GRAB_JOB).lastLength()).isZero();
    assertThat(request(PacketType.GRAB_JOB).size()).isEqualTo(Packet.HEADER_SIZE);
  }

  @Test
  void headerSaysTheWholeSizeThoughTheLastArgumentIsWrittenApart() {
    Packet packet = request(PacketType.SUBMIT_JOB, "rev", "u1", "12345");
    ByteBuf whole = Unpooled.buffer();
    ByteBuf parts = Unpooled.buffer();

    packet.writeTo(whole);
    packet.writeWithoutLastArgument(parts);
    assertThat(parts.readableBytes()).isEqualTo(whole.readableBytes() - 5);
    ByteBuf last = packet.lastArgument();
    assertThat(parts.writeBytes(last)).isEqualTo(whole);
    last.release();
    assertThat(packet.size()).isEqualTo(whole.readableBytes());
  }

  @Test
  void textShowsTheArgumentsAndOfDataOnlyTheLength() {
    assertThat(request(PacketType.SUBMIT_JOB, "rev", "u1", "secret"))
        .hasToString("REQUEST SUBMIT_JOB function=rev, unique=u1, data=6 bytes");
    assertThat(response(PacketType.ERROR, "QUEUE_ERROR", "Job queue is full"))
        .hasToString("RESPONSE ERROR code=QUEUE_ERROR, text=Job queue is full");
    assertThat(response(PacketType.NOOP)).hasToString("RESPONSE NOOP");
    assertThat(response(PacketType.OPTION_RES, "a\nERROR \033[2J"))
        .hasToString("RESPONSE OPTION_RES option=a_ERROR _[2J"); // one line of a log
  }

  private static byte[][] arguments(int count) {
    String[] texts = new String[count];
    Arrays.fill(texts, "a");
    return bytes(texts);
  }

  private static int[] range(int end) {
    int[] range = new int[end];
    Arrays.setAll(range, i -> i);
    return range;
  }
}

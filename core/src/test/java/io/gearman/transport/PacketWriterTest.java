// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacketWriterTest {

  private static final Packet GRAB = Packet.request(PacketType.GRAB_JOB);
  private static final int LARGE = 16 << 10;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final PacketWriter writer = new PacketWriter(channel);

  @AfterEach
  void close() {
    writer.flush();
    channel.finishAndReleaseAll();
  }

  @Test
  void nothingLeavesBeforeTheFlush() {
    writer.write(GRAB);
    channel.flush();
    assertThat(written()).isEmpty();
  }

  @Test
  void smallPacketsAndTextLeaveInOneBuffer() {
    writer.write(GRAB);
    writer.write("OK\n".getBytes(ISO_8859_1));
    writer.write(echo(100));
    writer.flush();

    assertThat(written())
        .containsExactly(bytes(GRAB) + hex("OK\n".getBytes(ISO_8859_1)) + bytes(echo(100)));
  }

  @Test
  void flushWithoutPacketsDoesNothing() {
    writer.flush();
    writer.write(GRAB);
    writer.flush();
    writer.flush();
    assertThat(written()).containsExactly(bytes(GRAB));
  }

  @Test
  void largeDataIsPassedOnWithoutCopyingAndInItsPlace() {
    Packet large = echo(LARGE);
    writer.write(GRAB);
    writer.write(large);
    writer.write(GRAB);
    writer.flush();

    ByteBuf head = channel.readOutbound();
    ByteBuf data = channel.readOutbound();
    ByteBuf tail = channel.readOutbound();
    assertThat(data.array()).isSameAs(large.argument(0));
    assertThat(hex(head) + hex(data) + hex(tail))
        .isEqualTo(bytes(GRAB) + bytes(large) + bytes(GRAB));
  }

  @Test
  void longBatchIsHandedOverInPiecesAndStillLeavesInOrder() {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      Packet packet = echo(LARGE - 1 - i);
      writer.write(packet);
      expected.append(bytes(packet));
    }
    channel.flush();
    List<String> early = written();
    writer.flush();
    List<String> late = written();

    assertThat(early).isNotEmpty();
    assertThat(String.join("", early) + String.join("", late)).isEqualTo(expected.toString());
  }

  @Test
  void batchThatGrowsMakesTheConnectionUnwritableUntilItIsFlushed() {
    int packets = 0;
    while (writer.isWritable()) {
      writer.write(echo(1_000));
      packets++;
    }
    assertThat(packets).isBetween(10, 64);
    writer.flush();
    assertThat(writer.isWritable()).isTrue();
  }

  private static Packet echo(int size) {
    return Packet.request(PacketType.ECHO_REQ, new byte[size]);
  }

  private List<String> written() {
    List<String> written = new ArrayList<>();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      written.add(hex(out));
    }
    return written;
  }

  private static String bytes(Packet packet) {
    ByteBuf out = Unpooled.buffer();
    packet.writeTo(out);
    return hex(out);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** The contents, after which the buffer is released. */
  private static String hex(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes).release();
    return hex(bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.server.RecordingOutlet.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketDecoder;
import io.gearman.protocol.PacketType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Large results are passed on outside of the heap, and freed whatever becomes of them. */
class LargeResultsTest extends BrokerFixture {

  private static final byte[] RESULT = new byte[100_000];

  private final EmbeddedChannel worker = connection();

  private EmbeddedChannel connection() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel
        .pipeline()
        .addLast(new ServerDecoder(1 << 20, new PartialPackets(1 << 20)))
        .addLast(
            new ServerConnection(
                channel,
                broker,
                channel.eventLoop(),
                Duration.ofHours(1),
                new Traffic(),
                Permissions.ALL));
    return channel;
  }

  @AfterEach
  void close() {
    worker.finishAndReleaseAll();
  }

  /** Packets in one read. */
  private static ByteBuf read(Packet... packets) {
    ByteBuf read = PooledByteBufAllocator.DEFAULT.directBuffer(RESULT.length + 1_000);
    for (Packet packet : packets) {
      packet.writeTo(read);
    }
    return read;
  }

  private static Packet result(String handle) {
    return Packet.request(PacketType.WORK_COMPLETE, handle.getBytes(ISO_8859_1), RESULT);
  }

  @Test
  void aResultReachesWhoeverWaitsAndIsFreedWhenItIsWritten() {
    EmbeddedChannel listener = connection();
    listener.writeInbound(read(request(PacketType.SUBMIT_JOB, "f", "", "")));
    String handle = decoded(listener).text(0);
    worker.writeInbound(read(request(PacketType.CAN_DO, "f"), request(PacketType.GRAB_JOB)));
    worker.releaseOutbound();
    ByteBuf result = read(result(handle));
    worker.writeInbound(result);

    assertThat(result.refCnt()).isEqualTo(1); // of the write
    assertThat(decoded(listener)).isEqualTo(result(handle).asResponse());
    assertThat(result.refCnt()).isZero();
    listener.finishAndReleaseAll();
  }

  /** The packet that a connection has sent. */
  private static Packet decoded(EmbeddedChannel from) {
    EmbeddedChannel decoder = new EmbeddedChannel(new PacketDecoder(1 << 20));
    for (ByteBuf sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
      decoder.writeInbound(sent);
    }
    Packet packet = decoder.readInbound();
    decoder.finishAndReleaseAll();
    return packet;
  }

  @Test
  void aResultForNobodyIsFreed() {
    ByteBuf result = read(result("H:test:1:1"));
    worker.writeInbound(result);
    assertThat(result.refCnt()).isZero();
  }

  @Test
  void aResultIsFreedThatAConnectionWhichIsClosedHadSent() {
    ByteBuf both = read(request(PacketType.WORK_CANCEL, "h"), result("H:test:1:1"));
    worker.writeInbound(both);
    assertThat(worker.isOpen()).isFalse();
    assertThat(both.refCnt()).isZero();
  }

  @Test
  void aResultIsFreedThatComesWhenTheServerHasEnded() {
    Connection connection = connect();
    EmbeddedChannel decoder =
        new EmbeddedChannel(new ServerDecoder(1 << 20, new PartialPackets(1 << 20)));
    ByteBuf result = read(result("H:test:1:1"));
    decoder.writeInbound(result);
    broker.end();
    broker.receive(connection.peer, List.copyOf(decoder.inboundMessages()));
    decoder.inboundMessages().clear();
    decoder.finishAndReleaseAll();

    assertThat(result.refCnt()).isZero();
  }
}

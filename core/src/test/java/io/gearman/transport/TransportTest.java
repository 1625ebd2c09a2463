// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.ProtocolException;
import io.gearman.testkit.WireClient;
import io.gearman.transport.RecordingListener.Event;
import io.gearman.transport.RecordingListener.Writable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.netty.tcp.TcpClient;

class TransportTest extends TransportFixture {

  @Test
  void packetsTravelInBothDirections() throws Exception {
    connect();
    Packet submitted =
        Packet.request(PacketType.SUBMIT_JOB, bytes("rev"), bytes(""), bytes("a\0b"));
    listener.write(submitted, GRAB);
    server.expect(submitted);
    server.expect(GRAB);

    server.send(NOOP, Packet.response(PacketType.JOB_CREATED, bytes("H:a:1")));
    assertThat(listener.nextPacket()).isEqualTo(NOOP);
    assertThat(listener.nextPacket().text(0)).isEqualTo("H:a:1");
    assertThat(listener.connection().server()).isEqualTo(address());
  }

  @Test
  void largePacketsTravelInBothDirections() throws Exception {
    connect();
    server.timeout(Duration.ofSeconds(20));
    Packet large = Packet.request(PacketType.ECHO_REQ, data(8 << 20));
    listener.write(GRAB, large, GRAB);
    server.expect(GRAB);
    server.expect(large);
    server.expect(GRAB);

    server.send(NOOP, large.asResponse(), NOOP);
    assertThat(listener.nextPacket()).isEqualTo(NOOP);
    assertThat(listener.nextPacket()).isEqualTo(large.asResponse());
    assertThat(listener.nextPacket()).isEqualTo(NOOP);
  }

  @Test
  void packetsWrittenInOneGoLeaveInOneFlush() throws Exception {
    AtomicInteger flushes = new AtomicInteger();
    connect(counting(flushes), (connection, packet) -> {});
    Packet[] packets = Stream.generate(() -> GRAB).limit(1_000).toArray(Packet[]::new);
    listener.write(packets);

    for (Packet packet : packets) {
      server.expect(packet);
    }
    assertThat(flushes).hasValue(1);
  }

  @Test
  void repliesToThePacketsOfOneReadLeaveInOneFlush() throws Exception {
    AtomicInteger flushes = new AtomicInteger();
    connect(counting(flushes), (connection, packet) -> connection.write(GRAB));
    server.send(NOOP, NOOP, NOOP, NOOP, NOOP);

    for (int i = 0; i < 5; i++) {
      server.expect(GRAB);
    }
    assertThat(flushes).hasValue(1);
  }

  @Test
  void packetsOfSeveralGoesLeaveInOrder() throws Exception {
    connect();
    for (int i = 0; i < 100; i++) {
      listener.write(
          Packet.request(PacketType.ECHO_REQ, bytes("small " + i)),
          Packet.request(PacketType.ECHO_REQ, data(10_000 + 200 * i)));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(server.receive(PacketType.ECHO_REQ).text(0)).isEqualTo("small " + i);
      assertThat(server.receive(PacketType.ECHO_REQ).argument(0)).hasSize(10_000 + 200 * i);
    }
  }

  /** The peer begins to read only when the writer has come to a stop. */
  @Test
  void writerThatHeedsIsWritableStopsAtAPeerThatDoesNotReadAndGoesOnWhenItReads() throws Exception {
    int count = 2_000;
    byte[] data = data(8 << 10);
    serverSocket.setReceiveBufferSize(64 << 10);
    connect(tcp -> tcp.option(ChannelOption.SO_SNDBUF, 64 << 10), (connection, packet) -> {});
    AtomicInteger written = new AtomicInteger();
    Runnable writeOn =
        () -> {
          while (written.get() < count && listener.connection().isWritable()) {
            listener.connection().write(Packet.request(PacketType.ECHO_REQ, data));
            written.incrementAndGet();
          }
        };
    listener.onLoop(() -> listener.whenWritable(writeOn));
    listener.onLoop(writeOn);

    Event event = listener.next(500);
    while (event != null) {
      assertThat(event).isInstanceOf(Writable.class);
      event = listener.next(500);
    }
    assertThat(written.get()).isLessThan(count / 2);
    for (int i = 0; i < count; i++) {
      assertThat(server.receive(PacketType.ECHO_REQ).argument(0)).isEqualTo(data);
    }
    assertThat(listener.next()).isInstanceOf(Writable.class);
    assertThat(written).hasValue(count);
  }

  @Test
  void restOfAReadIsNotHeardAfterTheListenerThrew() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    connect(
        UnaryOperator.identity(),
        (connection, packet) -> {
          heard.incrementAndGet();
          throw new IllegalStateException("no more");
        });
    server.send(NOOP, NOOP, NOOP).expectClosed();

    assertThat(heard).hasValue(1);
  }

  @Test
  void whatWasWrittenBeforeAFailureStillLeaves() throws Exception {
    connect(
        UnaryOperator.identity(),
        (connection, packet) -> {
          connection.write(GRAB);
          throw new IllegalStateException("no more");
        });
    server.send(NOOP, NOOP).expect(GRAB);

    server.expectClosed();
  }

  @Test
  void whatWasWrittenBeforeTheEndStillLeaves() throws Exception {
    connect(
        UnaryOperator.identity(),
        (connection, packet) -> {
          connection.write(GRAB);
          connection.dispose();
        });
    server.send(NOOP, NOOP).expect(GRAB);

    server.expectClosed();
  }

  @Test
  void nobodyHearsOfWritabilityWhoHasNotMetTheLackOfIt() throws Exception {
    connect();
    listener.write(Packet.request(PacketType.ECHO_REQ, data(4 << 20)));
    server.receive(PacketType.ECHO_REQ);
    server.send(NOOP);
    assertThat(listener.nextPacket()).isEqualTo(NOOP);
  }

  @Test
  void closingByThePeerIsHeardOnceAndWithoutCause() throws Exception {
    connect();
    server.send(NOOP).close();
    assertThat(listener.nextPacket()).isEqualTo(NOOP);
    assertThat(listener.nextClosed()).isNull();
    nothingMoreIsHeard();
  }

  @Test
  void closingInTheMiddleOfAPacketIsHeardAndThePacketIsNot() throws Exception {
    connect();
    server.sendBytes(new byte[] {0, 'R', 'E', 'S', 0, 0, 0, 8, 0, 0, 0, 5, 'H'}).close();
    assertThat(listener.nextClosed()).isNull();
    nothingMoreIsHeard();
  }

  @Test
  void resetByThePeerIsHeardOnceWithItsCause() throws Exception {
    connect();
    server.reset();
    assertThat(listener.nextClosed()).isInstanceOf(IOException.class);
    nothingMoreIsHeard();
  }

  @Test
  void disposingIsHeardOnceAndWithoutCause() throws Exception {
    connect();
    assertThat(listener.connection().isDisposed()).isFalse();
    listener.connection().dispose();
    listener.connection().dispose();

    assertThat(listener.nextClosed()).isNull();
    assertThat(listener.connection().isDisposed()).isTrue();
    server.expectClosed();
    nothingMoreIsHeard();
  }

  @Test
  void disposingFreesWhatThePeerHasNotRead() throws Exception {
    connect();
    Packet large = Packet.request(PacketType.ECHO_REQ, data(1 << 20));
    listener.write(Stream.generate(() -> large).limit(16).toArray(Packet[]::new));
    listener.connection().dispose();
    assertThat(listener.nextClosed()).isNull();
    nothingMoreIsHeard();
  }

  @Test
  void packetsWrittenAfterTheEndAreDropped() throws Exception {
    connect();
    server.close();
    assertThat(listener.nextClosed()).isNull();
    listener.write(GRAB, Packet.request(PacketType.ECHO_REQ, data(1 << 20)));
    nothingMoreIsHeard();
  }

  @Test
  void bytesThatAreNoPacketCloseTheConnectionWithTheReason() throws Exception {
    connect();
    server.send(NOOP).sendBytes(bytes("HTTP/1.1 400 Bad Request\r\n\r\n")).send(NOOP);

    assertThat(listener.nextPacket()).isEqualTo(NOOP);
    assertThat(listener.nextClosed())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("0x48545450");
    server.expectClosed();
    nothingMoreIsHeard();
  }

  @Test
  void packetOverTheLimitClosesTheConnectionWithTheReason() throws Exception {
    listener =
        ConnectionSettings.defaults()
            .withMaxPacketSize(100)
            .connect(address(), RecordingListener::new)
            .block(TIMEOUT);
    server = WireClient.accept(serverSocket);
    server
        .respond(PacketType.ECHO_RES, "x".repeat(88 + 64)) // room for the handle of a job
        .respond(PacketType.ECHO_RES, "x".repeat(89 + 64));

    assertThat(listener.nextPacket().argument(0)).hasSize(88 + 64);
    assertThat(listener.nextClosed())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("limit of 164 bytes");
  }

  @Test
  void exceptionOfTheListenerClosesTheConnectionAndIsTheCause() throws Exception {
    IllegalStateException thrown = new IllegalStateException("thrown by the listener");
    connect(
        UnaryOperator.identity(),
        (connection, packet) -> {
          throw thrown;
        });
    server.send(NOOP);

    assertThat(listener.nextPacket()).isEqualTo(NOOP);
    assertThat(listener.nextClosed()).isSameAs(thrown);
    server.expectClosed();
    nothingMoreIsHeard();
  }

  /** The queue of connections that nobody accepts is filled first: no further one is answered. */
  private void nothingMoreIsHeard() throws Exception {
    listener.onLoop(() -> {});
    listener.onLoop(() -> {});
    assertThat(listener.pending()).isZero();
  }

  private static UnaryOperator<TcpClient> counting(AtomicInteger flushes) {
    return tcp ->
        tcp.doOnChannelInit(
            (observer, channel, address) ->
                channel
                    .pipeline()
                    .addFirst(
                        new ChannelOutboundHandlerAdapter() {
                          @Override
                          public void flush(ChannelHandlerContext context) {
                            flushes.incrementAndGet();
                            context.flush();
                          }
                        }));
  }
}

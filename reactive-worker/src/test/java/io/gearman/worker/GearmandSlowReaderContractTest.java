// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.client.BufferLimitException;
import io.gearman.client.GearmanClient;
import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import io.gearman.transport.ConnectionSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.netty.tcp.TcpClient;
import reactor.test.StepVerifier;

@EnabledIfGearmand
class GearmandSlowReaderContractTest extends SlowReaderContract {

  @RegisterExtension final RunningServer server = RunningServer.gearmand();

  @Override
  RunningServer server() {
    return server;
  }

  /** gearmand takes all that the worker sends; of that the client takes what one read brings. */
  @Test
  void doNotTakeWhatTheyDoNotRead() {
    AtomicLong received = new AtomicLong();
    GearmanClient client = client(1, ConnectionSettings.defaults().withTcp(counting(received)));
    StepVerifier.create(parts(client), 1)
        .expectNext(0)
        .then(() -> allSent.asMono().block(BOUND))
        .then(() -> assertThat(echo(client)).hasSize(7))
        .then(() -> assertThat(received.get()).isLessThan(PARTS * PART_SIZE / 10))
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(PARTS - 1)
        .expectComplete()
        .verify(BOUND);
    assertThat(received.get()).isGreaterThan(PARTS * PART_SIZE);
  }

  private static UnaryOperator<TcpClient> counting(AtomicLong received) {
    return tcp ->
        tcp.doOnConnected(
            connection ->
                connection.addHandlerFirst(
                    new ChannelInboundHandlerAdapter() {
                      @Override
                      public void channelRead(ChannelHandlerContext context, Object bytes) {
                        received.addAndGet(((ByteBuf) bytes).readableBytes());
                        context.fireChannelRead(bytes);
                      }
                    }));
  }

  @Test
  void failAtTheBufferLimitAloneWhenNoConnectionIsLeftForThem() {
    GearmanClient client = client(0);
    StepVerifier.create(parts(client), 1)
        .expectNext(0)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        BufferLimitException.class,
                        full -> assertThat(full.limit()).isEqualTo(BUFFER_LIMIT)))
        .verify(BOUND);
    assertThat(client.call("echo", new byte[7]).block(BOUND)).hasSize(7);
  }
}

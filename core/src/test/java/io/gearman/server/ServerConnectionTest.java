// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a connection tells the broker of its socket. */
class ServerConnectionTest extends BrokerFixture {

  private static EmbeddedChannel channelFrom(String address) {
    return new EmbeddedChannel() {
      @Override
      protected SocketAddress remoteAddress0() {
        return new InetSocketAddress(address, 12345);
      }
    };
  }

  @Test
  void peersOfIpVersion6AreShownWithTheirAddresses() { // SE-25
    EmbeddedChannel channel = channelFrom("2001:db8::17");
    channel
        .pipeline()
        .addLast(
            new ServerConnection(
                channel,
                broker,
                channel.eventLoop(),
                Duration.ofHours(1),
                new Traffic(),
                Permissions.ALL));
    assertThat(connect().says("workers")).contains("1 2001:db8:0:0:0:0:0:17 - :\n");
    channel.finishAndReleaseAll();
    assertThat(connect().says("workers")).doesNotContain("2001");
  }

  /** Netty closes the channel then, and does not say so to its handlers. */
  @Test
  void aWriteThatFailsIsWhyTheConnectionIsGone() {
    Traffic traffic = new Traffic();
    EmbeddedChannel channel = new EmbeddedChannel();
    channel
        .pipeline()
        .addLast(new FailingWrites())
        .addLast(
            new ServerConnection(
                channel,
                broker,
                channel.eventLoop(),
                Duration.ofHours(1),
                traffic,
                Permissions.ALL));
    channel.writeOneOutbound(Unpooled.EMPTY_BUFFER);
    channel.close();
    channel.runPendingTasks();

    assertThat(traffic.departed())
        .containsEntry(Departure.RESET, 1L)
        .containsEntry(Departure.LEFT, 0L);
  }

  private static final class FailingWrites extends ChannelOutboundHandlerAdapter {

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
      promise.setFailure(new IOException("Broken pipe"));
    }
  }
}

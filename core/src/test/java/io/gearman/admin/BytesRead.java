// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicLong;
import reactor.netty.tcp.TcpClient;

/** Counts what a client has taken from its socket. */
final class BytesRead {

  private final AtomicLong sum = new AtomicLong();

  TcpClient countedBy(TcpClient tcp) {
    return tcp.doOnChannelInit(
        (observer, channel, remote) -> channel.pipeline().addFirst(new Counter()));
  }

  long sum() {
    return sum.get();
  }

  private final class Counter extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      sum.addAndGet(((ByteBuf) message).readableBytes());
      context.fireChannelRead(message);
    }
  }
}

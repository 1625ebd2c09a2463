// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts the bytes of a connection, next to its socket. */
final class WireCounter extends ChannelDuplexHandler {

  private final Traffic traffic;

  WireCounter(Traffic traffic) {
    this.traffic = traffic;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      traffic.received(bytes.readableBytes());
    }
    context.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
    if (message instanceof ByteBuf bytes) {
      traffic.sent(bytes.readableBytes());
    }
    context.write(message, written);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Raises a {@link ReadTimeoutException} when nothing comes for too long although it is read. Unlike
 * Netty's handler of that name it does not count the time in which nobody reads. Confined to the
 * channel's event loop.
 */
final class SilenceHandler extends ChannelDuplexHandler {

  private final Duration timeout;
  private @Nullable Future<?> timer; // runs from a read to what it brings

  SilenceHandler(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public void read(ChannelHandlerContext context) {
    stop();
    timer =
        context
            .executor()
            .schedule(() -> expire(context), timeout.toMillis(), TimeUnit.MILLISECONDS);
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    stop();
    context.fireChannelRead(message);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    stop();
  }

  private void expire(ChannelHandlerContext context) {
    if (context.channel().config().isAutoRead()) { // else the read was taken back meanwhile
      context.fireExceptionCaught(ReadTimeoutException.INSTANCE);
    }
  }

  private void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}

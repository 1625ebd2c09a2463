// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Notices a server that is gone although the connection is not closed. When nothing has come for an
 * interval it sends an ECHO_REQ, whose answer it keeps to itself; when nothing has come for three,
 * it raises a {@link TimeoutException}.
 *
 * <p>Any byte counts as life, and so does output that the peer takes in. Time in which nobody reads
 * does not count as silence. Confined to the channel's event loop.
 */
final class Heartbeat extends ChannelInboundHandlerAdapter {

  static final int SILENT_INTERVALS = 3;

  private static final byte[] MARK = "heartbeat of gearman-reactive".getBytes(US_ASCII);
  private static final Packet ECHO = Packet.request(PacketType.ECHO_REQ, MARK);

  private final Duration interval;
  private final long nanos;
  private long heard; // when the server last showed life, by the clock of the loop
  private long output; // what waited for the socket at the last look, and how far it had come
  private boolean asked; // since then
  private @Nullable Future<?> timer;

  Heartbeat(Duration interval) {
    this.interval = interval;
    this.nanos = interval.toNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    alive(context);
    schedule(context, nanos);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object packet) {
    if (!isAnswer((Packet) packet)) {
      context.fireChannelRead(packet);
    }
  }

  private static boolean isAnswer(Packet packet) {
    return packet.type() == PacketType.ECHO_RES && Arrays.equals(packet.argument(0), MARK);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    alive(context);
    context.fireChannelReadComplete();
  }

  private void alive(ChannelHandlerContext context) {
    heard = context.executor().ticker().nanoTime();
    asked = false;
  }

  private void schedule(ChannelHandlerContext context, long delay) {
    timer = context.executor().schedule(() -> look(context), delay, TimeUnit.NANOSECONDS);
  }

  private void look(ChannelHandlerContext context) {
    if (!context.channel().config().isAutoRead() || outputMoves(context)) {
      alive(context);
    }
    long silent = context.executor().ticker().nanoTime() - heard;
    if (silent >= SILENT_INTERVALS * nanos) {
      Duration bound = interval.multipliedBy(SILENT_INTERVALS);
      context.fireExceptionCaught(
          new TimeoutException("nothing was heard of it for " + bound.toMillis() + " ms"));
    } else {
      if (silent >= nanos && !asked) {
        ask(context);
      }
      schedule(context, silent < nanos ? nanos - silent : nanos);
    }
  }

  /** A large packet may take long to go out, and the question has to wait for its end. */
  private boolean outputMoves(ChannelHandlerContext context) {
    ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
    long now = buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    boolean moves = output != 0 && now != output;
    output = now;
    return moves;
  }

  private void ask(ChannelHandlerContext context) {
    asked = true;
    ByteBuf out = context.alloc().ioBuffer();
    ECHO.writeTo(out);
    context.writeAndFlush(out, context.voidPromise());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import io.gearman.protocol.Packet;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PacketConnection} over a Netty channel, whose pipeline it ends. Confined to the
 * channel's event loop.
 */
final class PacketChannel<L extends PacketListener> extends ChannelInboundHandlerAdapter
    implements PacketConnection {

  /** Packets of a long read after which what was written leaves, for the server to go on with. */
  static final int PART = 32;

  private final Channel channel;
  private final ServerAddress server;
  private final int maxPacketSize;
  private final PacketWriter writer;
  private final L listener;

  private @Nullable Throwable cause;
  private boolean working; // a read is being worked off: what is written now is flushed later
  private int heard; // packets of it since the last flush
  private boolean flushing; // a flush is scheduled
  private boolean blocked; // isWritable was false and onWritable is owed
  private boolean closed;

  PacketChannel(
      Channel channel,
      ServerAddress server,
      int maxPacketSize,
      Function<PacketConnection, L> listener) {
    this.channel = channel;
    this.server = server;
    this.maxPacketSize = maxPacketSize;
    this.writer = new PacketWriter(channel);
    this.listener = listener.apply(this);
  }

  L listener() {
    return listener;
  }

  @Override
  public void write(Packet packet) {
    if (closed) {
      return;
    }
    writer.write(packet);
    if (!working && !flushing) {
      flushing = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  @Override
  public boolean isWritable() {
    boolean writable = writer.isWritable();
    blocked |= !writable;
    return writable;
  }

  private void flush() {
    flushing = false;
    heard = 0;
    writer.flush();
    signalWritable();
  }

  private void signalWritable() {
    if (blocked && !closed && writer.isWritable()) {
      blocked = false;
      listener.onWritable();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object packet) {
    working = true;
    if (cause == null
        && channel.isOpen()) { // the rest of a read that ended the connection is not heard
      listener.onPacket((Packet) packet);
    }
    if (++heard == PART) {
      flush();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    working = false;
    flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    signalWritable();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
    if (cause == null) {
      cause =
          thrown instanceof DecoderException && thrown.getCause() != null
              ? thrown.getCause()
              : thrown;
    }
    dispose();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!closed) {
      closed = true;
      writer.flush(); // frees what a closed channel no longer takes
      listener.onClosed(cause);
    }
    context.fireChannelInactive();
  }

  @Override
  public void setReading(boolean reading) {
    if (channel.config().isAutoRead() != reading) {
      channel.config().setAutoRead(reading);
    }
  }

  @Override
  public int maxPacketSize() {
    return maxPacketSize;
  }

  @Override
  public EventExecutor executor() {
    return channel.eventLoop();
  }

  @Override
  public ServerAddress server() {
    return server;
  }

  @Override
  public void dispose() {
    if (channel.eventLoop().inEventLoop()) {
      writer.flush();
      channel.close();
    } else {
      channel.eventLoop().execute(this::dispose);
    }
  }

  @Override
  public boolean isDisposed() {
    return !channel.isActive();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.Packet;
import io.gearman.transport.PacketWriter;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection between its socket, on the channel's event loop, and the broker, on the broker's:
 * often the same one. What crosses from one to the other is a batch per read, and while one is on
 * its way the connection is not read.
 */
final class ServerConnection extends ChannelDuplexHandler implements Outlet {

  private static final Logger log = LoggerFactory.getLogger(JobServer.class);

  private final Channel channel;
  private final Broker broker;
  private final EventLoop brokerLoop;
  private final Duration stallTimeout;
  private final Traffic traffic;
  private final Set<Role> roles;

  // Confined to the channel's event loop.
  private List<Object> batch = new ArrayList<>();
  private boolean inputEnded;
  private @Nullable Departure departure; // the first reason
  private final ChannelFutureListener written = this::written; // one for all

  // From here on confined to the broker's event loop.
  private final PacketWriter writer;
  private @Nullable Peer peer;
  private boolean paused;

  ServerConnection(
      Channel channel,
      Broker broker,
      EventLoop brokerLoop,
      Duration stallTimeout,
      Traffic traffic,
      Set<Role> roles) {
    this.stallTimeout = stallTimeout;
    this.traffic = traffic;
    this.roles = roles;
    this.channel = channel;
    this.broker = broker;
    this.brokerLoop = brokerLoop;
    this.writer = new PacketWriter(channel);
  }

  // ---- what the channel says, on the channel's event loop

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    onBrokerLoop(() -> peer = broker.connect(this, roles));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    batch.add(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    handOver();
  }

  private void handOver() {
    if (batch.isEmpty()) {
      return;
    }
    List<Object> received = batch;
    batch = new ArrayList<>();
    if (brokerLoop.inEventLoop()) {
      receive(received);
    } else {
      channel.config().setAutoRead(false);
      brokerLoop.execute(
          () -> {
            try {
              receive(received);
              setAutoRead(!paused);
            } catch (Throwable e) {
              log.warn("Closing the connection from {}", channel.remoteAddress(), e);
              close(Departure.CLOSED);
            }
          });
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      onBrokerLoop(() -> withPeer(broker::writable));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    traffic.departed(departure == null ? Departure.LEFT : departure);
    onBrokerLoop(
        () -> {
          leave();
          writer.flush(); // frees what a closed channel no longer takes
        });
    context.fireChannelInactive();
  }

  /**
   * The peer will send no more; what it has asked is answered before the connection goes. TLS says
   * so within a read and before TCP does; up to its version 1.2 it sends no more then either.
   */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (isInputEnd(event) && !inputEnded) {
      handOver();
      inputEnded = true;
      context.pipeline().addFirst("gearman.ended", new InputEnd());
      onBrokerLoop(() -> withPeer(broker::inputEnded));
    }
    if (!(event instanceof SslCloseCompletionEvent)) { // reactor-netty would close at once
      context.fireUserEventTriggered(event);
    }
  }

  private static boolean isInputEnd(Object event) {
    return event instanceof ChannelInputShutdownEvent
        || (event instanceof SslCloseCompletionEvent closed && closed.isSuccess());
  }

  /** With a write that fails Netty closes the connection, and tells only whoever wrote. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    context.write(message, promise.unvoid().addListener(written));
  }

  private void written(ChannelFuture write) {
    Throwable failure = write.cause();
    if (failure != null && !(failure instanceof IOException)) {
      close(Departure.of(failure)); // a part of a packet may have left, and nothing can follow it
    } else if (departure == null
        && failure instanceof IOException
        && !(failure instanceof ClosedChannelException)) { // which follows from something else
      departure = Departure.of(failure);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("Closing the connection from {}: {}", channel.remoteAddress(), cause.getMessage());
    close(Departure.of(cause));
  }

  /**
   * Next to the socket, since TLS too asks for reads. Netty's epoll (4.2.13 to 4.2.20 at least)
   * forgets a socket whose input has ended while nothing waits to be written to it: to read on
   * fails, and closes the connection before its time. To write more than the socket takes at once
   * fails as well, and this cannot help it: a long answer that comes after the end of the input, as
   * it can from the loop of the broker to another, is cut.
   */
  private static final class InputEnd extends ChannelOutboundHandlerAdapter {

    @Override
    public void read(ChannelHandlerContext context) {
      // nothing comes
    }
  }

  private void leave() {
    withPeer(broker::disconnect);
    peer = null;
  }

  private void onBrokerLoop(Runnable task) {
    if (brokerLoop.inEventLoop()) {
      task.run();
    } else {
      brokerLoop.execute(task);
    }
  }

  // ---- what the broker says, on the broker's event loop

  private void receive(List<Object> received) {
    if (peer == null) {
      Inbox.releaseAll(received);
    } else {
      broker.receive(peer, received);
    }
  }

  private void withPeer(Consumer<Peer> action) {
    if (peer != null) {
      action.accept(peer);
    }
  }

  @Override
  public void write(Packet packet) {
    writer.write(packet);
  }

  @Override
  public void write(byte[] text) {
    writer.write(text);
  }

  @Override
  public void flush() {
    writer.flush();
  }

  @Override
  public boolean isWritable() {
    return writer.isWritable();
  }

  @Override
  public void setReading(boolean reading) {
    paused = !reading;
    setAutoRead(reading);
  }

  private void setAutoRead(boolean reading) {
    if (!channel.eventLoop().inEventLoop()) {
      channel.eventLoop().execute(() -> setAutoRead(reading));
    } else {
      channel.config().setAutoRead(reading);
    }
  }

  @Override
  public void close(Departure reason) {
    if (!channel.eventLoop().inEventLoop()) {
      channel.eventLoop().execute(() -> close(reason));
      return;
    }
    if (departure == null) {
      departure = reason;
    }
    channel.close();
  }

  @Override
  public void finish() {
    writer.flush();
    Departure reason = inputEnded ? Departure.LEFT : Departure.CLOSED;
    var bound =
        brokerLoop.schedule(() -> close(reason), stallTimeout.toMillis(), TimeUnit.MILLISECONDS);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              bound.cancel(false);
              close(reason);
            });
  }

  @Override
  public String remoteAddress() {
    return channel.remoteAddress() instanceof InetSocketAddress remote
        ? remote.getAddress().getHostAddress()
        : "-";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.util.Objects.requireNonNull;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketDecoder;
import io.gearman.transport.ServerAddress;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * A Gearman job server that keeps its queues in memory. A value: each method returns a changed
 * copy.
 *
 * <pre>{@code
 * DisposableServer server = JobServer.create().port(0).bind().block();
 * }</pre>
 *
 * @param host address to listen on; loopback unless told otherwise
 * @param port 1 to 65535, or 0 for any free one
 * @param maxPacketSize largest packet accepted in bytes, header included, and at least 12; a larger
 *     one closes its connection
 * @param stallTimeout how long a connection that does not take its results may hold up the workers
 *     that produce them before it is closed; 1 ms or more
 * @param tcp last word on the TCP server: TLS, socket options, event loops
 */
public record JobServer(
    String host, int port, int maxPacketSize, Duration stallTimeout, UnaryOperator<TcpServer> tcp) {

  private static final int BACKLOG = 1024;
  private static final int MAX_PORT = 65535;

  public JobServer {
    requireNonNull(host, "host");
    requireNonNull(tcp, "tcp");
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port must be 0 to " + MAX_PORT + ", not " + port);
    }
    if (maxPacketSize < Packet.HEADER_SIZE) {
      throw new IllegalArgumentException(
          "maxPacketSize must be at least " + Packet.HEADER_SIZE + " bytes, not " + maxPacketSize);
    }
    if (stallTimeout.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("stallTimeout must be at least 1 ms, not " + stallTimeout);
    }
  }

  /**
   * A server on port 4730 of the loopback address, for packets up to 64 MiB, with a stall timeout
   * of 30 s.
   */
  public static JobServer create() {
    return new JobServer(
        "127.0.0.1",
        ServerAddress.DEFAULT_PORT,
        PacketDecoder.DEFAULT_MAX_PACKET_SIZE,
        Duration.ofSeconds(30),
        UnaryOperator.identity());
  }

  public JobServer host(String host) {
    return new JobServer(host, port, maxPacketSize, stallTimeout, tcp);
  }

  public JobServer port(int port) {
    return new JobServer(host, port, maxPacketSize, stallTimeout, tcp);
  }

  public JobServer maxPacketSize(int maxPacketSize) {
    return new JobServer(host, port, maxPacketSize, stallTimeout, tcp);
  }

  public JobServer stallTimeout(Duration stallTimeout) {
    return new JobServer(host, port, maxPacketSize, stallTimeout, tcp);
  }

  public JobServer tcp(UnaryOperator<TcpServer> tcp) {
    return new JobServer(host, port, maxPacketSize, stallTimeout, tcp);
  }

  /**
   * Starts a server. Each subscription starts one of its own, with queues of its own, and ends with
   * its handle once the port answers, or with reactor-netty's {@code ChannelBindException}.
   * Disposing of the handle closes the port and every connection; jobs that have not ended are
   * lost.
   */
  public Mono<? extends DisposableServer> bind() {
    return Mono.defer(this::start)
        .subscribeOn(Schedulers.boundedElastic()); // the host name may be looked up
  }

  private Mono<? extends DisposableServer> start() {
    LoopResources loops = LoopResources.create("gearman-server", 1, true);
    EventLoop loop = loops.onServer(LoopResources.DEFAULT_NATIVE).next();
    ChannelGroup connections = new DefaultChannelGroup("gearman-server", loop, true);
    Broker broker =
        new Broker(
            new Handles(hostName(), System.currentTimeMillis()),
            task -> {
              var timer = loop.schedule(task, stallTimeout.toMillis(), TimeUnit.MILLISECONDS);
              return () -> timer.cancel(false);
            });
    TcpServer server =
        TcpServer.create()
            .host(host)
            .port(port)
            .runOn(loops)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .doOnConnection(
                connection -> {
                  connections.add(connection.channel());
                  accept(connection, broker, loop);
                });
    return tcp.apply(server)
        .bind()
        .doOnNext(
            bound ->
                bound.onDispose(() -> connections.close().addListener(closed -> loops.dispose())))
        .doOnError(error -> loops.dispose())
        .doOnCancel(loops::dispose);
  }

  private void accept(Connection connection, Broker broker, EventLoop loop) {
    connection.addHandlerLast("gearman.decoder", new ServerDecoder(maxPacketSize));
    connection.addHandlerLast(
        "gearman.connection", new ServerConnection(connection.channel(), broker, loop));
    connection.channel().config().setAutoRead(true);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}

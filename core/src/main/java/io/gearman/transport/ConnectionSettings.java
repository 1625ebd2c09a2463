// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.util.Objects.requireNonNull;

import io.gearman.ConnectionException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketDecoder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.tcp.SslProvider;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpClientConfig;

/**
 * How clients and workers connect to job servers. A server that vanishes is noticed as {@link
 * KeepAlive} has it: within a minute, unless the last word on TCP says otherwise.
 *
 * @param connectTimeout longest wait for a connection, and then for the first answer of its server;
 *     1 ms to 2^31-1 ms
 * @param maxPacketSize largest packet in bytes, header included and at least 12: a larger one is
 *     not sent, and one that a server sends closes the connection (an assigned job may be larger by
 *     its handle). It should be no more than the limit of the server
 * @param heartbeat after how long a silence the server of an idle connection is asked whether it is
 *     still there (ECHO_REQ); a connection that is read and has brought nothing for three times as
 *     long is given up. 1 ms to 2^31-1 ms, or 0 for never
 * @param backoff how long the pauses between attempts are where a connection is made again
 * @param tls how TLS is spoken, with every server; null for {@link TlsSettings#defaults()} with
 *     those whose address asks for it, and plain TCP with the others. {@link #withTls} also looks
 *     at its files
 * @param tcp last word on the TCP client: proxy, socket options, event loops
 */
public record ConnectionSettings(
    Duration connectTimeout,
    int maxPacketSize,
    Duration heartbeat,
    Backoff backoff,
    @Nullable TlsSettings tls,
    UnaryOperator<TcpClient> tcp) {

  private static final int MAX_HANDLE = 64; // with its NUL

  private static final ConnectionSettings DEFAULTS =
      new ConnectionSettings(
          Duration.ofSeconds(10),
          PacketDecoder.DEFAULT_MAX_PACKET_SIZE,
          Duration.ofSeconds(10),
          Backoff.defaults(),
          null,
          UnaryOperator.identity());

  public ConnectionSettings {
    requireNonNull(backoff, "backoff");
    requireNonNull(tcp, "tcp");
    Durations.require("connectTimeout", connectTimeout);
    if (!heartbeat.isZero()) {
      Durations.require("heartbeat", heartbeat);
    }
    if (maxPacketSize < Packet.HEADER_SIZE) {
      throw new IllegalArgumentException(
          "maxPacketSize must be at least " + Packet.HEADER_SIZE + " bytes, not " + maxPacketSize);
    }
  }

  /**
   * Ten seconds to connect, packets up to 64 MiB, a heartbeat of ten seconds, pauses of 100 ms to
   * 30 s, plain TCP.
   */
  public static ConnectionSettings defaults() {
    return DEFAULTS;
  }

  public ConnectionSettings withConnectTimeout(Duration connectTimeout) {
    return new ConnectionSettings(connectTimeout, maxPacketSize, heartbeat, backoff, tls, tcp);
  }

  public ConnectionSettings withMaxPacketSize(int maxPacketSize) {
    return new ConnectionSettings(connectTimeout, maxPacketSize, heartbeat, backoff, tls, tcp);
  }

  public ConnectionSettings withHeartbeat(Duration heartbeat) {
    return new ConnectionSettings(connectTimeout, maxPacketSize, heartbeat, backoff, tls, tcp);
  }

  public ConnectionSettings withBackoff(Backoff backoff) {
    return new ConnectionSettings(connectTimeout, maxPacketSize, heartbeat, backoff, tls, tcp);
  }

  public ConnectionSettings withTcp(UnaryOperator<TcpClient> tcp) {
    return new ConnectionSettings(connectTimeout, maxPacketSize, heartbeat, backoff, tls, tcp);
  }

  /**
   * Connects by TLS, to servers whose address does not ask for it, too. The server must have a
   * certificate that the authorities vouch for and that names the host, or the address, it is
   * connected by; otherwise no connection is made.
   *
   * <p>The files are read here and now, which blocks, so that a bad one is told of at once; and
   * again for each connection, on a thread that may block, so that new ones count from the next
   * connection on. One that is bad by then is why that connection fails.
   *
   * @throws IllegalArgumentException that names a file and says what is wrong with it
   */
  public ConnectionSettings withTls(TlsSettings tls) {
    tls.clientContext();
    return new ConnectionSettings(connectTimeout, maxPacketSize, heartbeat, backoff, tls, tcp);
  }

  /** The next of the event loops that connections are spread over. */
  public EventLoop nextLoop() {
    TcpClientConfig client = tcp.apply(TcpClient.newConnection()).configuration();
    return client.loopResources().onClient(client.isPreferNative()).next();
  }

  /** The same settings, with all connections on one event loop. */
  public ConnectionSettings on(EventLoop loop) {
    return withTcp(client -> tcp.apply(client).runOn(loop));
  }

  /**
   * Connects to a server. Each subscription makes a connection of its own, looks the host up anew,
   * and ends with the listener that was made for it, or with a {@link ConnectionException}. It
   * signals on the connection's event loop; no packet arrives before it has.
   *
   * @param listener makes the listener of a connection, on its event loop
   */
  public <L extends PacketListener> Mono<L> connect(
      ServerAddress server, Function<PacketConnection, L> listener) {
    return connected(server, connection -> open(connection, server, listener));
  }

  /**
   * Connects to a server for another protocol than packets. Each subscription makes a connection of
   * its own, looks the host up anew, and ends with the connection, on its event loop, or with a
   * {@link ConnectionException}. Nothing is read from it before its inbound is subscribed to, and
   * whoever has it closes it; a subscriber that cancels before leaves none behind.
   */
  public Mono<Connection> connect(ServerAddress server) {
    return connected(server, connection -> connection);
  }

  private <T> Mono<T> connected(ServerAddress server, Function<Connection, T> made) {
    TcpClient client =
        TcpClient.newConnection()
            .host(server.host())
            .port(server.port())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .doOnChannelInit(KeepAlive.defaults());
    return secured(client, server.tls() && tls == null ? TlsSettings.defaults() : tls)
        .flatMap(secured -> tcp.apply(secured).connect())
        .<T>map(made)
        .onErrorMap(
            error ->
                new ConnectionException(
                    server.toString(),
                    ConnectionException.Phase.CONNECT,
                    "Cannot connect to " + server + ": " + TlsFailure.reason(error),
                    error));
  }

  private static Mono<TcpClient> secured(TcpClient client, @Nullable TlsSettings tls) {
    if (tls == null) {
      return Mono.just(client);
    }
    return Mono.fromCallable(tls::clientContext)
        .map(
            context ->
                SslProvider.builder()
                    .sslContext(context)
                    .handshakeTimeout(tls.handshakeTimeout())
                    .build())
        .<TcpClient>map(client::secure)
        .subscribeOn(Schedulers.boundedElastic());
  }

  /** A job comes back as large as it was sent, and with its handle. */
  private int inboundLimit() {
    return (int) Math.min(Integer.MAX_VALUE, (long) maxPacketSize + MAX_HANDLE);
  }

  private <L extends PacketListener> L open(
      Connection connection, ServerAddress server, Function<PacketConnection, L> listener) {
    Channel channel = connection.channel();
    PacketChannel<L> packets;
    try {
      packets = new PacketChannel<>(channel, server, maxPacketSize, listener);
    } catch (RuntimeException | Error e) {
      channel.close(); // nobody else will: the listener could not be made
      throw e;
    }
    connection.addHandlerLast("gearman.decoder", new PacketDecoder(inboundLimit()));
    if (!heartbeat.isZero()) {
      connection.addHandlerLast("gearman.heartbeat", new Heartbeat(heartbeat));
    }
    connection.addHandlerLast("gearman.packets", packets);
    channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
    return packets.listener();
  }
}

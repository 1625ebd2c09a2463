// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static java.util.Objects.requireNonNull;

import io.gearman.server.JobServer;
import io.gearman.transport.KeepAlive;
import io.gearman.transport.TlsSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * A listener from its start to its end: its event loop, its connections and the port.
 *
 * <pre>
 *   SERVING --the job server ends--> ANSWERING --all is answered, or time is up--> ENDED
 *      |                                 |                                           ^
 *      +------------dispose--------------+-------------------------------------------+
 * </pre>
 */
final class BoundListener implements DisposableServer {

  /** The one in which the job server says the same of its own ports. */
  private static final Logger log = LoggerFactory.getLogger(JobServer.class.getName() + ".exposed");

  /** How long answers may be taken that are on their way when the job server ends. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(10);

  /** How long a connection may be without a request, or a request may say nothing. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** How long a request may take to come, however it trickles. */
  private static final Duration UPLOAD = Duration.ofMinutes(10);

  private static final int MAX_LINE = 8 << 10;

  private final LoopResources loops = LoopResources.create("gearman-http", 1, true);
  private final EventLoop loop = loops.onServer(LoopResources.DEFAULT_NATIVE).next();
  private final ChannelGroup connections = new DefaultChannelGroup("gearman-http", loop, true);
  private final Sinks.Empty<Void> ended = Sinks.empty();
  private final Disposable closing = Disposables.composite(this::close); // once
  private volatile @Nullable DisposableServer http; // set before anybody has this listener

  private BoundListener() {}

  static Mono<DisposableServer> start(JobServer.Bound server, HttpSettings settings) {
    BoundListener listener = new BoundListener();
    HttpServer unbound;
    try {
      unbound = listener.http(server, settings);
    } catch (RuntimeException e) { // a file of TLS, or what the user does to the server
      listener.loops.dispose();
      throw e;
    }
    return unbound
        .bind()
        .doOnNext(
            http -> {
              listener.http = http;
              warnIfExposed(unbound, http, settings.jobs);
              server.onDispose().subscribe(null, null, listener::endGracefully);
            })
        .doOnError(error -> listener.loops.dispose())
        .doOnCancel(listener.loops::dispose)
        .thenReturn(listener);
  }

  private HttpServer http(JobServer.Bound server, HttpSettings settings) {
    HttpServer http =
        HttpServer.create()
            .host(settings.host)
            .port(settings.port)
            .protocol(HttpProtocol.HTTP11)
            .idleTimeout(SILENCE)
            .readTimeout(SILENCE)
            .requestTimeout(UPLOAD)
            .httpRequestDecoder(
                decoder -> decoder.maxInitialLineLength(MAX_LINE).maxHeaderSize(MAX_LINE))
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .doOnChannelInit((observer, channel, remote) -> admit(channel, settings.maxConnections))
            .doOnChannelInit(KeepAlive.defaults());
    TlsSettings tls = settings.tls;
    return settings
        .http
        .apply(tls == null ? http : secured(http, tls))
        .runOn(loops) // what serves the requests is confined to this loop
        .channelGroup(connections)
        .handle(new Router(server, settings, loop));
  }

  /** Without a word to anybody: a flood of them would fill the log. */
  private void admit(Channel channel, int max) {
    connections.add(channel);
    if (connections.size() > max) {
      loop.execute(channel::close); // when its handlers are there
    }
  }

  private static HttpServer secured(HttpServer http, TlsSettings tls) {
    SslContext context = tls.serverContext();
    return http.secure(spec -> spec.sslContext(context).handshakeTimeout(tls.handshakeTimeout()));
  }

  private static void warnIfExposed(HttpServer http, DisposableServer bound, boolean jobs) {
    if (!http.configuration().isSecure()
        && bound.address() instanceof InetSocketAddress address
        && !address.getAddress().isLoopbackAddress()) {
      log.warn(
          "HTTP is beyond this machine, on {}, without TLS: whoever gets there can read the names"
              + " of functions and workers{}",
          NetUtil.toSocketAddressString(address),
          jobs ? ", and run jobs" : "");
    }
  }

  private void endGracefully() {
    Mono.fromRunnable(() -> http().disposeNow(LAST_ANSWERS))
        .subscribeOn(Schedulers.boundedElastic()) // as it waits for the answers
        .onErrorComplete()
        .subscribe(null, null, this::dispose);
  }

  private DisposableServer http() {
    return requireNonNull(http);
  }

  @Override
  public void dispose() {
    closing.dispose();
  }

  private void close() {
    http().dispose();
    connections.close().addListener(closed -> loop.execute(this::ended));
  }

  private void ended() {
    ended.tryEmitEmpty();
    loops.dispose();
  }

  @Override
  public boolean isDisposed() {
    return Boolean.TRUE.equals(ended.scan(Scannable.Attr.TERMINATED));
  }

  @Override
  public Mono<Void> onDispose() {
    return ended.asMono();
  }

  @Override
  public Channel channel() {
    return http().channel();
  }

  @Override
  public SocketAddress address() {
    return http().address();
  }

  @Override
  public String host() {
    return http().host();
  }

  @Override
  public int port() {
    return http().port();
  }
}

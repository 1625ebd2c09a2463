// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.util.Objects.requireNonNull;

import io.gearman.transport.KeepAlive;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.TlsSettings;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * A server from its start to its end: the event loop of its broker, its connections and the port.
 *
 * <pre>
 *   SERVING --drain--> DRAINING --no job left--> ENDED
 *      |                   |                       ^
 *      +------dispose------+-----------------------+
 * </pre>
 */
final class BoundServer implements JobServer.Bound, Clock, Lifecycle {

  private static final int BACKLOG = 1024;
  private static final int MAX_ADMINS = 64;

  private final ServerSettings settings;
  private final @Nullable ReloadableTls tls;
  private final LoopResources loops = LoopResources.create("gearman-server", 1, true);
  private final EventLoop loop = loops.onServer(LoopResources.DEFAULT_NATIVE).next();
  private final ChannelGroup connections = new DefaultChannelGroup("gearman-server", loop, true);
  private final Sinks.Empty<Void> ended = Sinks.empty();
  private final PartialPackets partial;
  private final Traffic traffic = new Traffic();
  private final Instant started = Instant.now();
  private final Broker broker;
  private boolean draining; // confined to the event loop
  private volatile @Nullable Listeners listeners; // set before anybody has this server

  private BoundServer(ServerSettings settings, @Nullable ReloadableTls tls) {
    this.settings = settings;
    this.tls = tls;
    this.partial = new PartialPackets(settings.maxPartialBytes());
    String prefix = settings.handlePrefix;
    this.broker =
        new Broker(
            settings,
            new Handles(prefix != null ? prefix : "H:" + hostName(), bootNumber()),
            this,
            this);
  }

  static Mono<JobServer.Bound> start(ServerSettings settings) {
    TlsSettings files = settings.tls;
    if (settings.rolesByCertificate
        && (files == null || files.clientAuthentication() != ClientAuthentication.REQUIRED)) {
      throw new IllegalArgumentException(
          "rolesByCertificate needs TLS with client authentication REQUIRED");
    }
    ReloadableTls tls = files == null ? null : new ReloadableTls(files);
    BoundServer server = new BoundServer(settings, tls);
    return Listeners.bind(server.mainTcp(), server.adminTcp())
        .doOnNext(listeners -> server.listeners = listeners)
        .doOnError(error -> server.loops.dispose())
        .doOnCancel(server.loops::dispose)
        .thenReturn(server);
  }

  private TcpServer mainTcp() {
    int max = OpenFiles.atMost(settings.maxConnections);
    return bounded(
        tcp(settings.adminPort == null ? Permissions.ALL : Permissions.NOT_ADMIN),
        new Admission(traffic, max, settings.maxConnectionsPerAddress));
  }

  /** Has places of its own, so that an administrator gets in when all others are taken. */
  private @Nullable TcpServer adminTcp() {
    return settings.adminPort == null
        ? null
        : bounded(
            tcp(Permissions.ADMIN_ONLY)
                .host(settings.adminHost)
                .port(settings.adminPort)
                .runOn(loops),
            new Admission(traffic, MAX_ADMINS, Integer.MAX_VALUE));
  }

  /** Only whoever is let in can fail to speak TLS. */
  private TcpServer bounded(TcpServer tcp, Admission admission) {
    return tcp.doOnChannelInit(admission)
        .doOnChannelInit(
            (observer, channel, remote) -> ReloadableTls.watchHandshake(channel, traffic));
  }

  /**
   * What a port is made of.
   *
   * @param roles of its connections
   */
  private TcpServer tcp(Set<Role> roles) {
    TcpServer plain =
        TcpServer.create()
            .host(settings.host)
            .port(settings.port)
            .runOn(loops)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .doOnChannelInit((observer, channel, remote) -> open(channel))
            .doOnChannelInit(KeepAlive.defaults())
            .doOnConnection(connection -> accept(connection, roles));
    return settings.tcp.apply(tls == null ? plain : plain.secure(tls.provider()));
  }

  /**
   * Called before anything is heard of the connection: it is counted, closed with the others, and
   * no more.
   */
  private void open(Channel channel) {
    connections.add(channel);
    channel.pipeline().addFirst("gearman.traffic", new WireCounter(traffic));
  }

  /**
   * Called when the connection may be used: with TLS, after the handshake.
   *
   * @param roles what its listener allows
   */
  private void accept(Connection connection, Set<Role> roles) {
    Channel channel = connection.channel();
    connection.addHandlerLast(
        "gearman.decoder", new ServerDecoder(settings.maxPacketSize, partial));
    connection.addHandlerLast(
        "gearman.connection",
        new ServerConnection(
            channel, broker, loop, settings.stallTimeout, traffic, rolesOf(channel, roles)));
    channel.config().setAutoRead(true);
  }

  /** Those of its certificate, if they count, of the ones that its port allows. */
  private Set<Role> rolesOf(Channel channel, Set<Role> allowed) {
    if (!settings.rolesByCertificate) {
      return allowed;
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    roles.addAll(CertificateRoles.of(channel));
    roles.retainAll(allowed);
    return roles;
  }

  private Listeners listeners() {
    return requireNonNull(listeners);
  }

  /** Microseconds since 1970: two servers of one host do not start within the same. */
  private static long bootNumber() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  @Override
  public Mono<Void> drain() {
    return Mono.defer(
        () -> {
          if (!isDisposed()) {
            shutDownGracefully();
          }
          return onDispose();
        });
  }

  @Override
  public Mono<Void> drain(Duration bound) {
    return Mono.defer(
        () -> {
          if (!isDisposed()) {
            long nanos = TimeUnit.NANOSECONDS.convert(bound); // as many as there can be, if more
            var late = loop.schedule(this::dispose, nanos, TimeUnit.NANOSECONDS);
            onDispose().subscribe(null, null, () -> late.cancel(false));
          }
          return drain();
        });
  }

  @Override
  public Mono<ServerSnapshot> snapshot() {
    return onLoop(sink -> sink.success(broker.snapshot(started, draining, traffic)));
  }

  @Override
  public <L extends PacketListener> Mono<L> connect(
      String address, Function<PacketConnection, L> listener) {
    return onLoop(
        sink -> {
          if (draining) {
            throw new IllegalStateException("The server drains and takes no new connections");
          }
          sink.success(
              LocalConnection.open(
                  loop,
                  broker,
                  new ServerAddress(host(), port()),
                  settings,
                  address,
                  connection -> {
                    sink.onCancel(connection);
                    return listener.apply(connection);
                  }));
        });
  }

  @Override
  public int maxPacketSize() {
    return settings.maxPacketSize;
  }

  private <T> Mono<T> onLoop(Consumer<MonoSink<T>> task) {
    return Mono.create(
        sink -> {
          try {
            loop.execute(() -> run(task, sink));
          } catch (RejectedExecutionException e) {
            sink.error(new IllegalStateException("The server has ended", e));
          }
        });
  }

  private <T> void run(Consumer<MonoSink<T>> task, MonoSink<T> sink) {
    try {
      if (isDisposed()) {
        throw new IllegalStateException("The server has ended");
      }
      task.accept(sink);
    } catch (Throwable e) {
      sink.error(e);
    }
  }

  @Override
  public void shutDown() {
    loop.execute(this::end); // behind the answer to whoever asked for it
  }

  @Override
  public void shutDownGracefully() {
    listeners().closeMain();
    loop.execute(
        () -> {
          draining = true;
          broker.whenIdle(this::end);
        });
  }

  @Override
  public Mono<Void> reloadTls() {
    return tls == null
        ? Mono.empty()
        : Mono.<Void>fromRunnable(tls::reload).subscribeOn(Schedulers.boundedElastic());
  }

  /** Nothing more is heard; what was answered may still be taken, for the stall bound at most. */
  private void end() {
    listeners().close();
    broker.end();
    connections.close(channel -> channel.pipeline().get(ServerConnection.class) == null);
    connections.newCloseFuture().addListener(closed -> dispose());
  }

  // ---- as the broker's clock

  @Override
  public Disposable schedule(Duration delay, Runnable task) {
    var timer = loop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public long millis() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  // ---- as a server that can be disposed of

  @Override
  public void dispose() {
    if (isDisposed()) {
      return;
    }
    listeners().close();
    connections
        .close()
        .addListener(
            closed -> {
              broker.closeAll();
              loop.execute(this::ended); // behind what connections within the process hear of it
            });
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
    return listeners().main().channel();
  }

  @Override
  public SocketAddress address() {
    return listeners().main().address();
  }

  @Override
  public String host() {
    return listeners().main().host();
  }

  @Override
  public int port() {
    return listeners().main().port();
  }

  @Override
  public @Nullable SocketAddress adminAddress() {
    DisposableServer admin = listeners().admin();
    return admin == null ? null : admin.address();
  }
}

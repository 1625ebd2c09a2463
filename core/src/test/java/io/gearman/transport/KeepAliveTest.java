// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.gearman.server.JobServer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.net.SocketOption;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.resources.LoopResources;

/** That the options reach the sockets; what comes of them is seen where a peer vanishes. */
class KeepAliveTest {

  private static final Duration TIMEOUT = ofSeconds(5);

  private final LoopResources loops = LoopResources.create("keep-alive", 1, true);
  private final Sinks.One<Channel> accepted = Sinks.one();
  private JobServer settings = JobServer.create().port(0);
  private ConnectionSettings connections = ConnectionSettings.defaults();
  private JobServer.Bound server;
  private Connection client;

  @AfterEach
  void stop() {
    client.disposeNow(TIMEOUT);
    server.disposeNow(TIMEOUT);
    loops.disposeLater(Duration.ZERO, TIMEOUT).block(TIMEOUT);
  }

  /** Makes a connection; gives the end of the server. */
  private Channel connect() {
    server = settings.bind().block(TIMEOUT);
    client = connections.connect(new ServerAddress("127.0.0.1", server.port())).block(TIMEOUT);
    return accepted.asMono().block(TIMEOUT);
  }

  private void runOn(boolean nativeTransport, KeepAlive keepAlive) {
    settings =
        settings.tcp(
            tcp ->
                tcp.runOn(loops, nativeTransport)
                    .doOnChannelInit(keepAlive)
                    .doOnConnection(made -> accepted.tryEmitValue(made.channel())));
    connections =
        connections.withTcp(tcp -> tcp.runOn(loops, nativeTransport).doOnChannelInit(keepAlive));
  }

  private static int idle(Channel channel) {
    return get(channel, EpollChannelOption.TCP_KEEPIDLE, ExtendedSocketOptions.TCP_KEEPIDLE);
  }

  private static int interval(Channel channel) {
    return get(channel, EpollChannelOption.TCP_KEEPINTVL, ExtendedSocketOptions.TCP_KEEPINTERVAL);
  }

  private static int probes(Channel channel) {
    return get(channel, EpollChannelOption.TCP_KEEPCNT, ExtendedSocketOptions.TCP_KEEPCOUNT);
  }

  private static int get(Channel channel, ChannelOption<Integer> epoll, SocketOption<Integer> nio) {
    return channel
        .config()
        .getOption(channel instanceof EpollSocketChannel ? epoll : NioChannelOption.of(nio));
  }

  @Test
  void aVanishedPeerIsNoticedWithinAMinuteUnlessAnythingElseIsSaid() {
    settings =
        settings.tcp(tcp -> tcp.doOnConnection(made -> accepted.tryEmitValue(made.channel())));
    Channel ofServer = connect();
    for (Channel channel : new Channel[] {ofServer, client.channel()}) {
      assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
      assertThat(idle(channel) + interval(channel) * probes(channel)).isBetween(1, 59);
    }
  }

  @ParameterizedTest(name = "native transport preferred: {0}")
  @ValueSource(booleans = {true, false})
  void theLastWordOnTcpReplacesTheDefaults(boolean nativeTransport) {
    runOn(nativeTransport, new KeepAlive(ofSeconds(71), ofSeconds(7), 5));
    Channel ofServer = connect();
    for (Channel channel : new Channel[] {ofServer, client.channel()}) {
      assertThat(idle(channel)).isEqualTo(71);
      assertThat(interval(channel)).isEqualTo(7);
      assertThat(probes(channel)).isEqualTo(5);
    }
  }

  @ParameterizedTest(name = "native transport preferred: {0}")
  @ValueSource(booleans = {true, false})
  void aConnectionThatIsClosedAlreadyIsLeftAlone(boolean nativeTransport) {
    runOn(nativeTransport, KeepAlive.defaults());
    Channel closed = connect();
    closed.close().awaitUninterruptibly(TIMEOUT.toMillis());
    assertThatCode(
            () ->
                KeepAlive.defaults()
                    .onChannelInit(ConnectionObserver.emptyListener(), closed, null))
        .doesNotThrowAnyException();
  }

  @Test
  @EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
  void whatIsSentHasToBeTakenWithinTheSameTime() {
    runOn(true, new KeepAlive(ofSeconds(71), ofSeconds(7), 5));
    Channel ofServer = connect();
    for (Channel channel : new Channel[] {ofServer, client.channel()}) {
      assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
          .isEqualTo(106_000);
    }
  }
}

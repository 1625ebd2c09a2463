// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.net.SocketOption;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

class KeepAliveTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @ParameterizedTest(name = "native transport preferred: {0}")
  @ValueSource(booleans = {true, false})
  void acceptedSocketsGetIt(boolean nativeTransport) {
    LoopResources loops = LoopResources.create("keep-alive", 1, true);
    Sinks.One<Channel> accepted = Sinks.one();
    TcpServer tcp =
        TcpServer.create()
            .host("127.0.0.1")
            .port(0)
            .doOnConnection(connection -> accepted.tryEmitValue(connection.channel()));
    DisposableServer server =
        new TcpOptions(null, null, new KeepAlive(71, 7, 3))
            .apply(tcp)
            .runOn(loops, nativeTransport)
            .bindNow(TIMEOUT);
    Connection client =
        TcpClient.create().runOn(loops).remoteAddress(server::address).connectNow(TIMEOUT);
    try {
      Channel channel = accepted.asMono().block(TIMEOUT);
      assertThat(channel.config().getOption(idle(channel))).isEqualTo(71);
      assertThat(channel.config().getOption(interval(channel))).isEqualTo(7);
      assertThat(channel.config().getOption(count(channel))).isEqualTo(3);
    } finally {
      client.disposeNow(TIMEOUT);
      server.disposeNow(TIMEOUT);
      loops.disposeLater(Duration.ZERO, TIMEOUT).block(TIMEOUT);
    }
  }

  private static ChannelOption<Integer> idle(Channel channel) {
    return of(channel, EpollChannelOption.TCP_KEEPIDLE, ExtendedSocketOptions.TCP_KEEPIDLE);
  }

  private static ChannelOption<Integer> interval(Channel channel) {
    return of(channel, EpollChannelOption.TCP_KEEPINTVL, ExtendedSocketOptions.TCP_KEEPINTERVAL);
  }

  private static ChannelOption<Integer> count(Channel channel) {
    return of(channel, EpollChannelOption.TCP_KEEPCNT, ExtendedSocketOptions.TCP_KEEPCOUNT);
  }

  private static ChannelOption<Integer> of(
      Channel channel, ChannelOption<Integer> epoll, SocketOption<Integer> nio) {
    return channel instanceof EpollSocketChannel ? epoll : NioChannelOption.of(nio);
  }
}

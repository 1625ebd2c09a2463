// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.ConnectionObserver;

/**
 * When a connection whose peer has vanished, without a word, is closed. Every connection of
 * clients, workers and servers has the {@linkplain #defaults defaults}; the last word on TCP
 * replaces them:
 *
 * <pre>{@code
 * JobServer.create().tcp(tcp -> tcp.doOnChannelInit(new KeepAlive(ofHours(1), ofMinutes(1), 5)))
 * }</pre>
 *
 * <p>A peer that has been silent for {@code idle} is probed by the system of this machine, and the
 * one over there answers; no program notices. With Netty's native transport for Linux, what was
 * sent has to be taken within the same {@linkplain #bound bound}: a peer that is there, but has not
 * read anything for as long while data waits for it, is gone as well. Elsewhere it is left to the
 * system when data that nobody acknowledges ends a connection, and which of these numbers it minds.
 *
 * @param idle silence before the first probe; 1 s to 32,767 s, in whole seconds
 * @param interval time between probes; 1 s to 32,767 s, in whole seconds
 * @param probes how many stay without an answer before the connection is closed; 1 to 127
 */
public record KeepAlive(Duration idle, Duration interval, int probes)
    implements ChannelPipelineConfigurer {

  private static final int MAX_SECONDS = 32_767; // as Linux has it, and the next
  private static final int MAX_PROBES = 127;
  private static final String NATIVE = "io.netty.channel.epoll.EpollSocketChannel";

  private static final KeepAlive DEFAULTS =
      new KeepAlive(Duration.ofSeconds(20), Duration.ofSeconds(10), 3);

  public KeepAlive {
    requireSeconds("idle", idle);
    requireSeconds("interval", interval);
    if (probes < 1 || probes > MAX_PROBES) {
      throw new IllegalArgumentException("probes must be 1 to " + MAX_PROBES + ", not " + probes);
    }
  }

  private static void requireSeconds(String name, Duration value) {
    requireNonNull(value, name);
    long seconds = value.toSeconds();
    if (seconds < 1 || seconds > MAX_SECONDS || !value.equals(Duration.ofSeconds(seconds))) {
      throw new IllegalArgumentException(
          name + " must be 1 to " + MAX_SECONDS + " whole seconds, not " + value);
    }
  }

  /** Three probes at intervals of 10 s, after 20 s of silence: 50 s altogether. */
  public static KeepAlive defaults() {
    return DEFAULTS;
  }

  /** How long a peer that has vanished is taken to be there. */
  public Duration bound() {
    return idle.plus(interval.multipliedBy(probes));
  }

  /**
   * Called for each connection before it is used. Nothing is set of other transports than TCP, nor
   * of a connection that is closed already, as one that comes while its server ends.
   */
  @Override
  public void onChannelInit(
      ConnectionObserver observer, Channel channel, @Nullable SocketAddress remoteAddress) {
    if (!channel.isOpen()) {
      return;
    }
    if (channel instanceof NioSocketChannel) {
      set(channel, nio(ExtendedSocketOptions.TCP_KEEPIDLE), seconds(idle));
      set(channel, nio(ExtendedSocketOptions.TCP_KEEPINTERVAL), seconds(interval));
      set(channel, nio(ExtendedSocketOptions.TCP_KEEPCOUNT), probes);
    } else if (channel.getClass().getName().equals(NATIVE)) { // which may not be there
      set(channel, EpollChannelOption.TCP_KEEPIDLE, seconds(idle));
      set(channel, EpollChannelOption.TCP_KEEPINTVL, seconds(interval));
      set(channel, EpollChannelOption.TCP_KEEPCNT, probes);
      set(channel, EpollChannelOption.TCP_USER_TIMEOUT, (int) bound().toMillis());
    }
  }

  private static int seconds(Duration value) {
    return (int) value.toSeconds();
  }

  private static ChannelOption<Integer> nio(SocketOption<Integer> option) {
    return NioChannelOption.of(option);
  }

  private static void set(Channel channel, ChannelOption<Integer> option, int value) {
    channel.config().setOption(option, value);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.net.SocketOption;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * When the system asks whether a silent peer is still there.
 *
 * @param idle seconds of silence before the first probe
 * @param interval seconds between probes
 * @param count lost probes that end the connection; what is null is left to the system
 */
record KeepAlive(@Nullable Integer idle, @Nullable Integer interval, @Nullable Integer count) {

  /** Sets what there is to be set; the two transports have names of their own for it. */
  void set(Channel channel) {
    boolean epoll = channel instanceof EpollSocketChannel;
    set(
        channel,
        idle,
        epoll ? EpollChannelOption.TCP_KEEPIDLE : nio(ExtendedSocketOptions.TCP_KEEPIDLE));
    set(
        channel,
        interval,
        epoll ? EpollChannelOption.TCP_KEEPINTVL : nio(ExtendedSocketOptions.TCP_KEEPINTERVAL));
    set(
        channel,
        count,
        epoll ? EpollChannelOption.TCP_KEEPCNT : nio(ExtendedSocketOptions.TCP_KEEPCOUNT));
  }

  private static ChannelOption<Integer> nio(SocketOption<Integer> option) {
    return NioChannelOption.of(option);
  }

  private static void set(Channel channel, @Nullable Integer value, ChannelOption<Integer> option) {
    if (value != null) {
      channel.config().setOption(option, value);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.ConnectionObserver;

/**
 * How many connections a port takes, altogether and of one address. They count from when they are
 * accepted, so before their TLS handshake, until they are closed. One too many is closed before it
 * is read and without a word: with TLS none could be said, and a library that did not ask would not
 * know what an answer means.
 *
 * <p>Connections may be on many event loops, hence the atomics; they come and go too rarely for
 * these to matter.
 */
final class Admission implements ChannelPipelineConfigurer {

  private static final Logger log = LoggerFactory.getLogger(JobServer.class);

  private final int max;
  private final int maxPerAddress;
  private final AtomicInteger connections = new AtomicInteger();
  private final ConcurrentMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
  private final Traffic traffic;
  private final Rarely rarely = new Rarely();

  /**
   * @param maxPerAddress 2^31-1 if it does not matter: then none is counted by its address
   */
  Admission(Traffic traffic, int max, int maxPerAddress) {
    this.traffic = traffic;
    this.max = max;
    this.maxPerAddress = maxPerAddress;
  }

  @Override
  public void onChannelInit(
      ConnectionObserver observer, Channel channel, @Nullable SocketAddress unknownOnServers) {
    if (connections.incrementAndGet() > max) {
      connections.decrementAndGet();
      refuse(channel, "there are %d already (maxConnections)".formatted(max));
      return;
    }
    channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    if (maxPerAddress < Integer.MAX_VALUE
        && channel.remoteAddress() instanceof InetSocketAddress remote
        && !enter(channel, remote.getAddress())) {
      refuse(
          channel,
          "there are %d of its address already (maxConnectionsPerAddress)"
              .formatted(maxPerAddress));
    }
  }

  private boolean enter(Channel channel, InetAddress address) {
    if (byAddress.merge(address, 1, Integer::sum) > maxPerAddress) {
      leave(address);
      return false;
    }
    channel.closeFuture().addListener(closed -> leave(address));
    return true;
  }

  private void leave(InetAddress address) {
    byAddress.computeIfPresent(address, (known, count) -> count == 1 ? null : count - 1);
  }

  private void refuse(Channel channel, String reason) {
    traffic.departed(Departure.REFUSED);
    rarely.happened(
        untold ->
            log.warn(
                "Refused a connection from {}: {}; {} more were refused since this was last said",
                channel.remoteAddress(),
                reason,
                untold));
    channel.close();
  }
}

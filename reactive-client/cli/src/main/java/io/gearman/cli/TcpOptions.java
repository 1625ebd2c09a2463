// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.transport.KeepAlive;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * The options about sockets and threads.
 *
 * @param backlog connections that may wait to be accepted; null for the server's default
 * @param threads event loops for connections; null for the one that has the jobs
 */
record TcpOptions(@Nullable Integer backlog, @Nullable Integer threads, KeepAlive keepAlive)
    implements UnaryOperator<TcpServer> {

  /** As many as Linux takes. */
  private static final int MAX_SECONDS = 32_767;

  private static final int MAX_PROBES = 127;
  private static final int MAX_THREADS = 1_024;

  static TcpOptions of(ServerOptions options) {
    Range.check("--backlog", options.backlog, 1, Integer.MAX_VALUE);
    Range.check("--threads", options.threads, 0, MAX_THREADS);
    return new TcpOptions(options.backlog, options.threads, keepAlive(options));
  }

  private static KeepAlive keepAlive(ServerOptions options) {
    KeepAlive unless = KeepAlive.defaults();
    Integer idle = given("--keepalive-idle", options.keepaliveIdle, MAX_SECONDS);
    Integer interval = given("--keepalive-interval", options.keepaliveInterval, MAX_SECONDS);
    Integer probes = given("--keepalive-count", options.keepaliveCount, MAX_PROBES);
    return new KeepAlive(
        idle == null ? unless.idle() : Duration.ofSeconds(idle),
        interval == null ? unless.interval() : Duration.ofSeconds(interval),
        probes == null ? unless.probes() : probes);
  }

  /** As in gearmand -1 stands for the default, which there is the system's. */
  private static @Nullable Integer given(String option, @Nullable Integer value, int max) {
    if (value != null && value == -1) {
      return null;
    }
    Range.check(option, value, 1, max);
    return value;
  }

  @Override
  public TcpServer apply(TcpServer tcp) {
    TcpServer changed = tcp.doOnChannelInit(keepAlive);
    if (backlog != null) {
      changed = changed.option(ChannelOption.SO_BACKLOG, backlog);
    }
    if (threads != null) {
      int loops = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
      changed = changed.runOn(LoopResources.create("gearman-connections", loops, true));
    }
    return changed;
  }
}

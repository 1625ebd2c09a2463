// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.server.JobServer;
import io.gearman.server.http.HttpListener;
import io.gearman.transport.ServerAddress;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A server that can be started: its options are checked, and nothing has happened yet.
 *
 * @param http makes its HTTP listener, if it is to have one
 * @param stopTimeout how long jobs may go on once the process is told to stop; zero is not at all
 */
record ServerSetup(
    JobServer server,
    @Nullable Function<JobServer.Bound, HttpListener> http,
    boolean tls,
    LogTarget log,
    Verbosity verbosity,
    @Nullable Path pidFile,
    Duration stopTimeout) {

  static final String ONLY_QUEUE_TYPE = "builtin";

  private static final String PORT_VARIABLE = "GEARMAND_PORT";

  /**
   * Checks all options.
   *
   * @param environment the environment variables, some of which count where an option is missing
   * @throws IllegalArgumentException naming the option and what is wrong with it
   */
  static ServerSetup of(ServerOptions options, UnaryOperator<@Nullable String> environment) {
    ProcessChecks.check(options);
    Range.check("--hashtable-buckets", options.hashtableBuckets, 1, Integer.MAX_VALUE);
    if (!options.queueType.equals(ONLY_QUEUE_TYPE)) {
      throw new IllegalArgumentException(
          "--queue-type %s is not supported (yet), only %s"
              .formatted(options.queueType, ONLY_QUEUE_TYPE));
    }
    JobServer server =
        withAdmin(withLimits(JobServer.create(), options), options)
            .host(options.listen == null ? anyAddress() : resolved("--listen", options.listen))
            .port(port(options.port, environment.apply(PORT_VARIABLE)))
            .tcp(TcpOptions.of(options))
            .exceptions(options.exceptions)
            .shutdownCommand(options.allowShutdown);
    JobServer secured = options.tls.applyTo(server, environment);
    Function<JobServer.Bound, HttpListener> http = options.http.listener();
    ServerMetrics metrics = new ServerMetrics();
    return new ServerSetup(
        http == null ? secured : metrics.of(secured),
        http == null ? null : bound -> metrics.shownBy(http.apply(bound), bound),
        options.tls.ssl,
        options.logFile,
        options.verbosity,
        options.pidFile,
        options.stopTimeout);
  }

  private static JobServer withAdmin(JobServer server, ServerOptions options) {
    if (options.adminListen == null) {
      return with(server, "--admin-port", options.adminPort, JobServer::adminPort);
    }
    if (options.adminPort == null) {
      throw new IllegalArgumentException("--admin-listen needs --admin-port");
    }
    return with(server, "--admin-port", options.adminPort, JobServer::adminPort)
        .adminHost(resolved("--admin-listen", options.adminListen));
  }

  private static JobServer withLimits(JobServer unlimited, ServerOptions options) {
    Range.check("--max-packet-size", bytes(options.maxPacketSize), 12, Integer.MAX_VALUE);
    JobServer server = unlimited;
    server = with(server, "--job-retries", options.jobRetries, JobServer::jobRetries);
    server = with(server, "--worker-wakeup", options.workerWakeup, JobServer::workerWakeup);
    server = with(server, "--job-handle-prefix", options.jobHandlePrefix, JobServer::handlePrefix);
    server = with(server, "--max-connections", options.maxConnections, JobServer::maxConnections);
    server =
        with(
            server,
            "--max-connections-per-address",
            options.maxConnectionsPerAddress,
            JobServer::maxConnectionsPerAddress);
    server = with(server, "--max-functions", options.maxFunctions, JobServer::maxFunctions);
    server = with(server, "--stall-timeout", options.stallTimeout, JobServer::stallTimeout);
    server =
        with(
            server,
            "--max-packet-size",
            bytes(options.maxPacketSize),
            (changed, bytes) -> changed.maxPacketSize(bytes.intValue()));
    return with(
        server, "--max-queued-bytes", bytes(options.maxQueuedBytes), JobServer::maxQueuedBytes);
  }

  private static @Nullable Long bytes(@Nullable ByteSize size) {
    return size == null ? null : size.bytes();
  }

  /**
   * Settings know what they may be, but not the names that they have here: the messages begin with
   * their own.
   */
  static <S, T> S with(S settings, String option, @Nullable T value, BiFunction<S, T, S> setting) {
    try {
      return value == null ? settings : setting.apply(settings, value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          option + String.valueOf(e.getMessage()).replaceFirst("^\\w+", ""), e);
    }
  }

  private static int port(@Nullable Integer option, @Nullable String environment) {
    if (option != null) {
      Range.check("--port", option, 0, Range.MAX_PORT);
      return option;
    }
    if (environment == null || environment.isEmpty()) {
      return ServerAddress.DEFAULT_PORT;
    }
    try {
      int port = Integer.parseInt(environment);
      Range.check(PORT_VARIABLE, port, 0, Range.MAX_PORT);
      return port;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          PORT_VARIABLE + " must be the number of a port, not '" + environment + "'", e);
    }
  }

  /** The IPv6 address stands for both families, but only where there is IPv6. */
  private static String anyAddress() {
    for (NetworkInterface network : NetUtil.NETWORK_INTERFACES) {
      for (InetAddress address : Collections.list(network.getInetAddresses())) {
        if (address instanceof Inet6Address) {
          return "::";
        }
      }
    }
    return "0.0.0.0";
  }

  static String resolved(String option, String host) {
    if (host.isBlank()) {
      throw new IllegalArgumentException(option + " must not be empty");
    }
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("%s %s is not a known host".formatted(option, host), e);
    }
  }

  /** As users write it: an IPv6 address has brackets, also where they wrote none. */
  static String address(String host, int port) {
    return (host.contains(":") && !host.startsWith("[") ? '[' + host + ']' : host) + ':' + port;
  }
}

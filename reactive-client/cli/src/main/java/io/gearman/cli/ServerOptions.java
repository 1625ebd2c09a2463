// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options of {@code gearman server} as they were written, on the command line or in a file;
 * {@link ServerSetup} checks what they say. Names and meanings are gearmand's where it has them.
 */
final class ServerOptions {

  @Option(
      names = "--admin-listen",
      paramLabel = "HOST",
      description = "Address of the port for administrators; 127.0.0.1 by default.")
  @Nullable String adminListen;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      description =
          "Port for text commands, 0 for any; they are refused elsewhere then. By default there is"
              + " none.")
  @Nullable Integer adminPort;

  @Option(
      names = {"-b", "--backlog"},
      paramLabel = "N",
      description = "Connections that may wait to be accepted; 1024 by default.")
  @Nullable Integer backlog;

  @Option(names = "--check-args", description = "Check options and configuration file, then exit.")
  boolean checkArgs;

  @Option(
      names = "--config-file",
      paramLabel = "FILE",
      converter = PathConverter.class,
      description =
          "Read further options from a file: words as on the command line, which has precedence;"
              + " # begins a comment.")
  @Nullable Path configFile;

  @Option(
      names = {"-d", "--daemon"},
      description = "Refused: run the server under systemd, or in the background by &.")
  boolean daemon;

  @Option(names = "--exceptions", description = "Send exceptions to clients that did not ask.")
  boolean exceptions;

  @Option(
      names = {"-f", "--file-descriptors"},
      paramLabel = "N",
      description = "Refuse to start if the process may open fewer files than this.")
  @Nullable Long fileDescriptors;

  @Option(
      names = "--hashtable-buckets",
      paramLabel = "N",
      description = "Accepted and ignored: tables grow by themselves.")
  @Nullable Integer hashtableBuckets;

  @Option(
      names = {"-h", "--help"},
      description = "Print this help.")
  boolean help;

  @Option(
      names = "--job-handle-prefix",
      paramLabel = "PREFIX",
      description = "What job handles begin with; H:<host name> by default.")
  @Nullable String jobHandlePrefix;

  @Option(
      names = {"-j", "--job-retries"},
      paramLabel = "N",
      description = "How often a job is run whose worker is lost; -1, the default, is no limit.")
  @Nullable Integer jobRetries;

  @Option(
      names = "--keepalive",
      description = "Accepted: TCP keep-alive is always on. The next three options tune it.")
  boolean keepalive;

  @Option(
      names = "--keepalive-count",
      paramLabel = "N",
      description = "Lost probes that end a connection; 3 by default.")
  @Nullable Integer keepaliveCount;

  @Option(
      names = "--keepalive-idle",
      paramLabel = "SECONDS",
      description = "Silence before the first probe; 20 by default.")
  @Nullable Integer keepaliveIdle;

  @Option(
      names = "--keepalive-interval",
      paramLabel = "SECONDS",
      description = "Time between probes; 10 by default.")
  @Nullable Integer keepaliveInterval;

  @Option(
      names = {"-L", "--listen"},
      paramLabel = "HOST",
      description = "Address to listen on; all by default.")
  @Nullable String listen;

  @Option(
      names = {"-l", "--log-file"},
      paramLabel = "FILE",
      converter = LogTarget.Converter.class,
      description =
          "Where the log goes: a file, which SIGHUP opens again, stderr (default) or none.")
  LogTarget logFile = new LogTarget.Stderr();

  @Option(
      names = {"-P", "--pid-file"},
      paramLabel = "FILE",
      converter = PathConverter.class,
      description = "Write the process id to a file while the server runs.")
  @Nullable Path pidFile;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "Port to listen on, 0 for any; $GEARMAND_PORT or 4730 by default.")
  @Nullable Integer port;

  @Option(
      names = {"-q", "--queue-type"},
      paramLabel = "TYPE",
      description = "Where queues are kept: builtin, in memory, is the only type (yet).")
  String queueType = ServerSetup.ONLY_QUEUE_TYPE;

  @Option(
      names = {"-R", "--round-robin"},
      description = "Accepted: functions take turns always.")
  boolean roundRobin;

  @Mixin final ServerTlsOptions tls = new ServerTlsOptions();

  @Mixin final ServerHttpOptions http = new ServerHttpOptions();

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      description =
          "Threads for connections beside the one for jobs, 0 for one per core; by default one"
              + " thread serves all.")
  @Nullable Integer threads;

  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER",
      description = "Refuse to start if another user runs the server.")
  @Nullable String user;

  @Option(
      names = "--verbose",
      paramLabel = "LEVEL",
      description = "What is logged: ${COMPLETION-CANDIDATES}; ERROR by default.")
  Verbosity verbosity = Verbosity.ERROR;

  @Option(
      names = {"-V", "--version"},
      description = "Print the version.")
  boolean version;

  @Option(
      names = {"-w", "--worker-wakeup"},
      paramLabel = "N",
      description = "Sleeping workers that a new job wakes; 0, the default, is all.")
  @Nullable Integer workerWakeup;

  @Option(
      names = "--allow-shutdown",
      description =
          "Let the text command shutdown, as of 'gearman admin --shutdown', end the server.")
  boolean allowShutdown;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description =
          "Connections at a time; 10000 by default, or fewer where few files can be open.")
  @Nullable Integer maxConnections;

  @Option(
      names = "--max-connections-per-address",
      paramLabel = "N",
      description = "Those of one address; as many by default.")
  @Nullable Integer maxConnectionsPerAddress;

  @Option(
      names = "--max-functions",
      paramLabel = "N",
      description = "Functions known at a time; 20000 by default.")
  @Nullable Integer maxFunctions;

  @Option(
      names = "--max-packet-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "Largest packet; 64MiB by default.")
  @Nullable ByteSize maxPacketSize;

  @Option(
      names = "--max-queued-bytes",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "All jobs together; half of the heap by default.")
  @Nullable ByteSize maxQueuedBytes;

  @Option(
      names = "--stall-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long a client that does not take its results may hold up others; 30s.")
  @Nullable Duration stallTimeout;

  @Option(
      names = "--stop-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long SIGTERM and SIGINT let jobs end before the server does; 0s, the default, is at"
              + " once.")
  Duration stopTimeout = Duration.ZERO;
}

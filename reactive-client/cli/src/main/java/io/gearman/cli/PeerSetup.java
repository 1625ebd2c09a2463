// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.protocol.Packet;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.TlsSettings;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a client and a worker need alike: their options are checked, and nothing has happened.
 *
 * @param functions as they were given; on the wire the namespace stands before each
 */
record PeerSetup(
    List<ServerAddress> servers,
    List<String> functions,
    String namespace,
    ConnectionSettings connection,
    String clientId,
    int concurrency,
    boolean strict,
    @Nullable Path pidFile) {

  private static final int MAX_CONCURRENCY = 1_024;
  private static final int MAX_FUNCTION = 512;

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException naming the option and what is wrong with it
   */
  static PeerSetup of(
      PeerOptions options, UnaryOperator<@Nullable String> environment, Charset charset) {
    if (options.daemon) {
      throw new IllegalArgumentException(
          "-d is not supported: run it under systemd, or in the background by &");
    }
    checkFunctions(options, charset);
    checkClientId(options.clientId);
    String problem = options.pidFile == null ? null : FileProblem.ofReplacing(options.pidFile);
    if (problem != null) {
      throw new IllegalArgumentException(
          "-i %s cannot be written: %s".formatted(options.pidFile, problem));
    }
    Range.check("--concurrency", options.concurrency, 1, MAX_CONCURRENCY);
    return new PeerSetup(
        PeerServers.of(options, environment),
        List.copyOf(options.functions),
        options.namespace,
        connection(options, environment),
        options.clientId,
        options.concurrency,
        options.strict,
        options.pidFile);
  }

  private static void checkFunctions(PeerOptions options, Charset charset) {
    if (options.functions.isEmpty()) {
      throw new IllegalArgumentException("-f is missing: which function?");
    }
    ArgumentCharset.encode("--namespace", options.namespace, charset);
    for (String function : options.functions) {
      ArgumentCharset.encode("-f", function, charset);
      checkLength("-f", function, 1, MAX_FUNCTION);
      checkLength("--namespace and -f together", options.namespace + function, 1, MAX_FUNCTION);
    }
  }

  static void checkLength(String option, String word, int min, int max) {
    int length = word.getBytes(UTF_8).length;
    if (length < min || length > max) {
      throw new IllegalArgumentException(
          "%s must be %d to %d bytes, not %d: '%s'".formatted(option, min, max, length, word));
    }
  }

  private static void checkClientId(String id) {
    checkLength("--client-id", id, 0, 254);
    if (!id.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException(
          "--client-id must be printable ASCII without blanks, not '" + id + "'");
    }
  }

  private static ConnectionSettings connection(
      PeerOptions options, UnaryOperator<@Nullable String> environment) {
    ConnectionSettings settings = ConnectionSettings.defaults();
    Duration connectTimeout = options.connectTimeout;
    if (connectTimeout != null) {
      checkDuration("--connect-timeout", connectTimeout);
      settings = settings.withConnectTimeout(connectTimeout);
    }
    ByteSize largest = options.maxPacketSize;
    if (largest != null) {
      Range.check(
          "--max-packet-size", largest.bytes(), 2 * MAX_FUNCTION, Integer.MAX_VALUE - 1_024);
      settings = settings.withMaxPacketSize((int) largest.bytes());
    }
    TlsSettings tls = options.tls.settingsOrThoseOf(environment);
    return tls == null ? settings : settings.withTls(tls);
  }

  /** Refuses a time that timers cannot have; one that is not given may be. */
  static void checkDuration(String option, @Nullable Duration time) {
    if (time != null && (time.isZero() || time.toMillis() > Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "%s must be 1ms to %dms, not %dms".formatted(option, Integer.MAX_VALUE, time.toMillis()));
    }
  }

  /** Writes the pid file if one is wanted. */
  void writePidFile() {
    if (pidFile != null) {
      PidFile.writeUntilExit(pidFile);
    }
  }

  /** Bytes of the largest workload that fits into a packet to each function. */
  int maxWorkload(int unique) {
    int name =
        functions.stream()
            .mapToInt(each -> (namespace + each).getBytes(UTF_8).length)
            .max()
            .orElse(0);
    return connection.maxPacketSize() - Packet.HEADER_SIZE - (name + 1) - (unique + 1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.Priority;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.client.UniqueId;
import io.gearman.transport.ConnectionSettings;
import java.nio.charset.Charset;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that can be submitted: the options are checked, and nothing has happened yet.
 *
 * @param data the workloads of the command line
 * @param patience how long each wait may be; null for the defaults
 */
record SubmitSetup(
    PeerSetup peer, SubmitOptions options, List<byte[]> data, @Nullable Duration patience) {

  private static final int MAX_UNIQUE = 63;
  private static final int GENERATED_UNIQUE = 36; // bytes of a UUID; a hash is shorter
  private static final String HASH = "#"; // as libgearman has it

  /** Jobs may need one each where the server does not speak the flow extension. */
  private static final int MAX_CONNECTIONS = 64;

  /** What a fresh JVM takes at most until it has begun to connect is not the server's time. */
  private static final Duration WARM_UP = Duration.ofSeconds(2);

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException naming the option and what is wrong with it
   */
  static SubmitSetup of(
      SubmitOptions options, UnaryOperator<@Nullable String> environment, Charset charset) {
    if (options.worker) {
      throw new IllegalArgumentException("-w is another command: 'gearman work'");
    }
    PeerSetup peer = PeerSetup.of(options.peer, environment, charset);
    ArgumentCharset.encode("-u", options.unique, charset);
    PeerSetup.checkLength("-u", options.unique, 0, MAX_UNIQUE);
    if (options.timeout != -1) {
      Range.check("-t", options.timeout, 1, Integer.MAX_VALUE);
    }
    PeerSetup.checkDuration("--total-timeout", options.totalTimeout);
    checkTime(options);
    SubmitSetup setup =
        new SubmitSetup(
            peer,
            options,
            options.data.stream()
                .map(word -> ArgumentCharset.encode("data", word, charset))
                .toList(),
            options.timeout == -1 ? null : Duration.ofMillis(options.timeout));
    for (byte[] workload : setup.data) {
      if (workload.length > setup.maxWorkload()) {
        throw new IllegalArgumentException(
            "a workload of %d bytes is over --max-packet-size".formatted(workload.length));
      }
    }
    return setup;
  }

  private static void checkTime(SubmitOptions options) {
    Range.check("--at", options.at, 0, Instant.MAX.getEpochSecond());
    if (options.at != null && !options.background) {
      throw new IllegalArgumentException("--at is for jobs in the background only: add -b");
    }
    if (options.at != null && options.priority != Priority.NORMAL) {
      throw new IllegalArgumentException("--at goes with normal priority only, not with -I or -L");
    }
  }

  GearmanClient client() {
    ConnectionSettings connection = peer.connection();
    if (patience != null && options.peer.connectTimeout == null) {
      connection = connection.withConnectTimeout(patience);
    }
    GearmanClient.Builder builder =
        GearmanClient.builder(peer.servers())
            .connection(connection)
            .connectLimit(connection.connectTimeout().plus(WARM_UP))
            .selection(options.selection)
            .clientId(peer.clientId())
            .namespace(peer.namespace())
            .streamConnections(
                Math.min(MAX_CONNECTIONS, peer.concurrency() * peer.functions().size()));
    return (patience == null ? builder : builder.acceptLimit(patience)).build();
  }

  JobRequest request(String function, byte[] workload) {
    JobRequest request =
        JobRequest.of(function, workload)
            .withPriority(options.priority)
            .withUnique(unique())
            .withFailFast(options.failFast);
    if (options.at != null) {
      request = request.withNotBefore(Instant.ofEpochSecond(options.at));
    }
    if (patience != null) {
      request = request.withIdleLimit(patience);
    }
    return options.totalTimeout == null ? request : request.withTotalLimit(options.totalTimeout);
  }

  private UniqueId unique() {
    if (options.unique.isEmpty()) {
      return UniqueId.generated();
    }
    return options.unique.equals(HASH) ? UniqueId.ofWorkload() : UniqueId.of(options.unique);
  }

  int maxWorkload() {
    boolean given = !options.unique.isEmpty() && !options.unique.equals(HASH);
    return peer.maxWorkload(given ? options.unique.getBytes(UTF_8).length : GENERATED_UNIQUE);
  }
}

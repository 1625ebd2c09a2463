// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.util.Objects.requireNonNull;

import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Runs the jobs of one or more functions. */
public interface GearmanWorker {

  /**
   * Works until cancelled. Each subscription is a worker of its own, with its own connection and
   * slots.
   *
   * <p>Jobs are grabbed against free slots only, so that never more than {@code concurrency} are
   * held. A connection that cannot be made, is lost, or whose server does not answer within the
   * connect timeout is made again, with growing pauses, and the client id and functions are
   * registered anew; this publisher never completes, and fails only if it is misused, or with a
   * {@link io.gearman.ServerErrorException} if the server does not let it be a worker. Cancelling
   * closes the connection: running publishers are cancelled and the server gives their jobs to
   * other workers.
   */
  Mono<Void> run();

  /** A worker of this server; it needs at least one function. */
  static Builder builder(ServerAddress server) {
    return new Builder(server);
  }

  /** Builds a worker. */
  final class Builder {

    private static final int DEFAULT_CONCURRENCY = 16;
    private static final int MAX_CONCURRENCY = 65536;
    private static final int MAX_FUNCTION = 512;

    private final ServerAddress server;
    private final Map<String, JobFunction> functions = new LinkedHashMap<>();
    private ConnectionSettings connection = ConnectionSettings.defaults();
    private String clientId = "";
    private int concurrency = DEFAULT_CONCURRENCY;

    private Builder(ServerAddress server) {
      this.server = requireNonNull(server, "server");
    }

    /** Adds a function under a name of 1 to 512 bytes in UTF-8, each name once. */
    public Builder function(String name, JobFunction function) {
      int length = name.getBytes(StandardCharsets.UTF_8).length;
      if (length < 1 || length > MAX_FUNCTION) {
        throw new IllegalArgumentException(
            "The name of a function must be 1 to %d bytes, not %d: \"%s\""
                .formatted(MAX_FUNCTION, length, name));
      }
      if (name.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("The name of a function must not contain a NUL");
      }
      if (functions.putIfAbsent(name, requireNonNull(function, "function")) != null) {
        throw new IllegalArgumentException("Function \"" + name + "\" is given twice");
      }
      return this;
    }

    /** Jobs held at once over all functions; 1 to 65,536, 16 by default. */
    public Builder concurrency(int jobs) {
      if (jobs < 1 || jobs > MAX_CONCURRENCY) {
        throw new IllegalArgumentException(
            "concurrency must be 1 to " + MAX_CONCURRENCY + ", not " + jobs);
      }
      this.concurrency = jobs;
      return this;
    }

    /** Name under which the server lists this worker; none by default. */
    public Builder clientId(String clientId) {
      this.clientId = requireNonNull(clientId, "clientId");
      return this;
    }

    public Builder connection(ConnectionSettings connection) {
      this.connection = requireNonNull(connection, "connection");
      return this;
    }

    /**
     * The worker; it connects when {@link GearmanWorker#run} is subscribed to.
     *
     * @throws IllegalStateException if it has no function
     */
    public GearmanWorker build() {
      if (functions.isEmpty()) {
        throw new IllegalStateException("A worker needs at least one function");
      }
      return new DefaultGearmanWorker(server, connection, clientId, concurrency, functions);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.worker.Limits.requireConcurrency;
import static io.gearman.worker.Limits.requireDuration;
import static java.util.Objects.requireNonNull;

import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ConnectionState;
import io.gearman.transport.ServerAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs the jobs of one or more functions, from the job servers of a list. */
public interface GearmanWorker {

  /**
   * Works until cancelled, or {@link #shutdown}: then it completes. A worker works for one
   * subscriber at a time; another one gets an {@link IllegalStateException} until that has ended.
   *
   * <p>Jobs are grabbed against free slots only, from all servers in turn, so that never more than
   * {@code concurrency} are held. A connection that cannot be made, is lost, or whose server does
   * not answer within the connect timeout is made again, with growing pauses, and the client id and
   * functions are registered anew; none of the servers needs to be there at the start. This
   * publisher fails only if it is misused, or with a {@link io.gearman.ServerErrorException} if no
   * server lets it be a worker. Cancelling closes the connections: running publishers are cancelled
   * and the servers give their jobs to other workers.
   *
   * <p>All connections, and with them the functions, are on one event loop. It signals there.
   */
  Mono<Void> run();

  /**
   * How the connection to each server stands, and how it stands after each change, while this
   * worker runs, and when it runs again: it does not complete. Functions with a limit or a timeout
   * of their own have connections, and states, of their own. A subscriber that is slower than the
   * changes gets the latest of each connection.
   */
  Flux<ConnectionState> states();

  /**
   * Ends {@link #run} without haste. No more jobs are taken, those that run go on; when all have
   * ended and the servers have taken their results, or else after {@code patience}, the connections
   * are closed, and the servers give what is left to other workers. Functions stay registered until
   * then, since a server takes the jobs of one that is not away from the worker.
   *
   * <p>The first subscription begins this, and cancelling does not stop it; others wait for the
   * same, whatever their patience. It emits at once, with zeros, if the worker does not run.
   *
   * @param patience 0 or more
   */
  Mono<Drained> shutdown(Duration patience);

  /**
   * Takes no more jobs until {@link #resume}; those that run go on. It holds for later runs, too.
   * Jobs that are on their way to it come yet.
   */
  void pause();

  /** Takes jobs again. */
  void resume();

  /** A worker of this server; it needs at least one function. */
  static Builder builder(ServerAddress server) {
    return new Builder(List.of(requireNonNull(server, "server")));
  }

  /**
   * A worker of these servers, all alike; it needs at least one function. {@link
   * ServerAddress#fromEnvironment()} has those of {@code GEARMAN_SERVERS}.
   *
   * @throws IllegalArgumentException if the list is empty or has a server twice
   */
  static Builder builder(List<ServerAddress> servers) {
    return new Builder(servers);
  }

  /** Builds a worker. */
  final class Builder {

    private static final int DEFAULT_CONCURRENCY = 16;
    private static final int MAX_FUNCTION = 512;

    private final List<ServerAddress> servers;
    private final Map<String, WorkerSettings.Function> functions = new LinkedHashMap<>();
    private ConnectionSettings connection = ConnectionSettings.defaults();
    private String clientId = "";
    private String namespace = "";
    private int concurrency = DEFAULT_CONCURRENCY;
    private Duration timeout = Duration.ZERO;
    private Duration safetyGrab = Duration.ofSeconds(30);

    private Builder(List<ServerAddress> servers) {
      this.servers = ServerAddress.requireList(servers);
    }

    /**
     * Adds a function under a name of 1 to 512 bytes in UTF-8, the namespace included, each name
     * once.
     */
    public Builder function(String name, JobFunction function) {
      return function(name, function, FunctionSettings.defaults());
    }

    /** Adds a function with a limit or a timeout of its own. */
    public Builder function(String name, JobFunction function, FunctionSettings settings) {
      requireNonNull(function, "function");
      requireNonNull(settings, "settings");
      checkName(name);
      if (functions.putIfAbsent(name, new WorkerSettings.Function(function, settings)) != null) {
        throw new IllegalArgumentException("Function \"" + name + "\" is given twice");
      }
      return this;
    }

    private static void checkName(String name) {
      int length = name.getBytes(StandardCharsets.UTF_8).length;
      if (length < 1 || length > MAX_FUNCTION) {
        throw new IllegalArgumentException(
            "The name of a function must be 1 to %d bytes, not %d: \"%s\""
                .formatted(MAX_FUNCTION, length, name));
      }
      if (name.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("The name of a function must not contain a NUL");
      }
    }

    /** Jobs held at once over all functions and servers; 1 to 65,536, 16 by default. */
    public Builder concurrency(int jobs) {
      this.concurrency = requireConcurrency(jobs);
      return this;
    }

    /**
     * How long a job may run, the time in which it waits for a slow reader included; 1 ms to 2^31-1
     * ms, or 0 for ever, as by default. Its publisher is cancelled then, and the job fails with a
     * WORK_EXCEPTION that says so. The server is not told.
     */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout.isZero() ? timeout : requireDuration("timeout", timeout);
      return this;
    }

    /**
     * After how long a worker that sleeps asks its servers for jobs although they have not woken
     * it; 1 ms to 2^31-1 ms, 30 s by default. It is for servers that lose wake-ups: gearmand 1.1
     * does not wake anybody for a job whose time has come.
     */
    public Builder safetyGrab(Duration interval) {
      this.safetyGrab = requireDuration("safetyGrab", interval);
      return this;
    }

    /** Name under which the server lists this worker; none by default. */
    public Builder clientId(String clientId) {
      this.clientId = requireNonNull(clientId, "clientId");
      return this;
    }

    /**
     * What servers have before the name of each function, and of each reducer, and nobody else
     * sees, such as {@code test/}; none by default. Clients of these functions have the same.
     */
    public Builder namespace(String prefix) {
      this.namespace = requireNonNull(prefix, "namespace");
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
     * @throws IllegalArgumentException if a name is too long with the namespace
     */
    public GearmanWorker build() {
      if (functions.isEmpty()) {
        throw new IllegalStateException("A worker needs at least one function");
      }
      functions.keySet().forEach(name -> checkName(namespace + name));
      return new DefaultGearmanWorker(
          new WorkerSettings(
              servers,
              connection,
              clientId,
              namespace,
              concurrency,
              timeout,
              safetyGrab,
              Collections.unmodifiableMap(new LinkedHashMap<>(functions))));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.util.Objects.requireNonNull;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Submits jobs to a job server.
 *
 * <p>Every publisher is cold: nothing happens before it is subscribed to, and each subscription is
 * a request of its own. All requests share one connection, which is made when it is first needed
 * and again after it was lost. Signals come on the event loop of that connection, so nothing that
 * is subscribed here may block.
 *
 * <p>Errors are {@link io.gearman.GearmanException}s: {@link io.gearman.ConnectionException} if
 * there is no connection or it was lost, {@link io.gearman.ServerErrorException} if the server
 * refused the request, and for the job itself {@link io.gearman.JobFailedException} or its subtype
 * {@link io.gearman.WorkerException}.
 */
public interface GearmanClient extends Disposable {

  /**
   * Runs a job in the foreground: the server drops it if this client is lost while it still waits
   * for a worker.
   *
   * <p>One subscription is one submission, sent with the first {@code request(n)}. The events are
   * those of the worker, in order, between {@link JobEvent.Created} and {@link JobEvent.Completed}.
   * Events that were not requested yet are kept up to the buffer limit of this client (a {@link
   * JobEvent.Status} replaces the one before it); past the limit this subscription alone fails with
   * a {@link BufferLimitException}, since the connection serves others too.
   *
   * <p>Cancelling stops the events. A job that was not sent yet is not sent; plain Gearman has no
   * way to stop one that was.
   */
  Flux<JobEvent> run(JobRequest request);

  /**
   * Submits a job to run in the background, whether or not anybody waits for it. One subscription
   * is one submission; the handle comes once the server has accepted the job. Cancelling stops a
   * job only if it was not sent yet.
   */
  Mono<JobHandle> enqueue(JobRequest request);

  /**
   * Asks the server that gave the handle, which must be the server of this client, how the job
   * stands. One subscription is one question.
   */
  Mono<JobStatus> status(JobHandle handle);

  /**
   * Runs a job and gives its whole result: the data that came before the end and the data at the
   * end, joined. As {@link #run}, but warnings and progress are dropped; the result is empty, not
   * absent, if the job sent no data.
   */
  default Mono<byte[]> call(String function, byte[] workload) {
    return Results.join(run(JobRequest.of(function, workload)));
  }

  /**
   * Runs a job and gives the parts of its result as they come: each WORK_DATA, and last what the
   * end carried unless it is empty. As {@link #run}, but warnings and progress are dropped.
   */
  default Flux<byte[]> stream(String function, byte[] workload) {
    return Results.parts(run(JobRequest.of(function, workload)));
  }

  /** A client of this server with defaults for everything else. */
  static Builder builder(ServerAddress server) {
    return new Builder(server);
  }

  /** Builds a client. */
  final class Builder {

    private static final int DEFAULT_BUFFER_LIMIT = 4 << 20;

    private final ServerAddress server;
    private ConnectionSettings connection = ConnectionSettings.defaults();
    private String clientId = "";
    private int bufferLimit = DEFAULT_BUFFER_LIMIT;

    private Builder(ServerAddress server) {
      this.server = requireNonNull(server, "server");
    }

    public Builder connection(ConnectionSettings connection) {
      this.connection = requireNonNull(connection, "connection");
      return this;
    }

    /** Name under which the server lists this client; none by default. */
    public Builder clientId(String clientId) {
      this.clientId = requireNonNull(clientId, "clientId");
      return this;
    }

    /**
     * Bytes of events that one job may have waiting for its subscriber; 0 or more, 4 MiB by
     * default. Each event counts as 64 bytes and its data.
     */
    public Builder bufferLimit(int bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("bufferLimit must be 0 or more bytes, not " + bytes);
      }
      this.bufferLimit = bytes;
      return this;
    }

    /** The client; it connects when first used. */
    public GearmanClient build() {
      return new DefaultGearmanClient(server, connection, clientId, bufferLimit);
    }
  }
}

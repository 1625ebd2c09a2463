// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.util.Objects.requireNonNull;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.PayloadCodec;
import io.gearman.UniqueStatus;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ConnectionState;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Submits jobs to the job servers of a list.
 *
 * <p>Every publisher is cold: nothing happens before it is subscribed to, and each subscription is
 * a request of its own. Requests share one connection to each server, which is made at the first
 * request and again, with growing pauses, whenever it is lost. Signals come on the event loop of
 * the connection, but for the failure to get one, so nothing that is subscribed here may block.
 *
 * <p><b>Many servers.</b> {@link ServerSelection} says which one a job goes to. A job that surely
 * was not accepted moves on by itself: it waits for a server to be ready, and goes to the next one
 * if a server refuses it. One whose fate is not known fails.
 *
 * <p>What a subscriber requests and when it cancels reaches the worker, if server and worker speak
 * the flow extension as ours do. Plain Gearman has no words for either; {@link #run} says what is
 * done instead.
 *
 * <p>Errors are {@link io.gearman.GearmanException}s: {@link io.gearman.ConnectionException} if
 * there is no connection or it was lost, {@link io.gearman.ServerErrorException} if the server
 * refused the request ({@link io.gearman.QueueFullException} if its queue is full), {@link
 * io.gearman.JobTimeoutException} if a limit was reached, {@link io.gearman.JobLostException} if
 * the server has forgotten the job, and for the job itself {@link io.gearman.JobFailedException} or
 * its subtype {@link io.gearman.WorkerException}.
 */
public interface GearmanClient extends Disposable {

  /**
   * Runs a job in the foreground: the server drops it if this client is lost while it still waits
   * for a worker.
   *
   * <p>One subscription is one submission, sent with the first {@code request(n)}. The events are
   * those of the worker, in order, between {@link JobEvent.Created} and {@link JobEvent.Completed};
   * {@link JobEvent.Restarted} says that the worker was lost and what it had sent is void. A {@link
   * JobEvent.Status} that was not requested yet is replaced by the next.
   *
   * <p><b>Demand.</b> The worker may send data and warnings as far ahead of what was requested as
   * the window of this client allows, and pauses there. Before a plain server, a subscriber whose
   * first request is not for everything gets a connection of its own if there is one (see {@link
   * Builder#streamConnections}), which is not read while events wait. Otherwise up to {@link
   * Builder#bufferLimit} bytes of events wait; past that this subscription alone fails with a
   * {@link BufferLimitException}, since the connection serves others too.
   *
   * <p><b>Cancelling</b> stops the events. A job that was not sent is not sent, one that waits is
   * dropped, and the publisher of a worker is cancelled, unless others wait for the job. A job
   * whose unique id is given or made of its workload may be awaited by others, and be one that runs
   * in the background: a plain server is not told of its cancelling. Any other is dropped there if
   * it still waits, by closing the connection if that is the job's own, and otherwise in text
   * ({@code cancel job}), a few at a time; a running job runs to its end.
   *
   * <p><b>Detached.</b> A subscriber whose window is full may be given up by the server, with a
   * {@link io.gearman.WorkerException} that says so: after the server's stall bound (30 s by
   * default) if other subscribers of the job, or a worker without the flow extension, wait for it;
   * at once if the job was also submitted to run in the background, which waits for nobody.
   */
  Flux<JobEvent> run(JobRequest request);

  /**
   * Submits a job to run in the background, whether or not anybody waits for it. One subscription
   * is one submission; the handle comes once the server has accepted the job. Cancelling stops a
   * job only if it was not sent yet.
   */
  Mono<JobHandle> enqueue(JobRequest request);

  /**
   * Asks the server that gave the handle how the job stands. One subscription is one question. The
   * handle of a server that this client does not have is an {@link IllegalArgumentException}.
   */
  Mono<JobStatus> status(JobHandle handle);

  /**
   * Asks how the job of a unique id stands, such as one that another process has submitted. One
   * subscription is one question to each server, since the job may be with any of them. The answer
   * is that of the first server that knows the job; that it is not known only if all have said so,
   * else the failure to ask one of them. Ids are looked for in all functions: of several jobs that
   * have this one a server answers for the newest. An id that is empty or {@code "-"}, which
   * servers cannot be asked for, or longer than 63 bytes is an {@link IllegalArgumentException}.
   */
  Mono<UniqueStatus> statusByUnique(String unique);

  /**
   * Asks how a job stands, again and again until it is gone: the last element is the first that
   * says {@linkplain JobStatus#known() it is not known}, after which this completes. Gearman cannot
   * tell whether it ended well, failed, or never was; a server without a store forgets its jobs
   * when it is restarted.
   *
   * <p>The first question is asked at once, and one in each period: none while one is open or while
   * nothing is requested, so that a subscriber who is slower gets the latest when it is ready.
   * Cancelling ends the questions.
   *
   * <p>A lost connection does not end it: a question that was lost with its connection is asked
   * again, at most twice, and waits for the next one as {@link Builder#connectLimit} says. If that
   * does not help, this fails as {@link #status} does.
   *
   * @param period more than 0
   */
  default Flux<JobStatus> watch(JobHandle handle, Duration period) {
    return Watch.of(status(handle), JobRequest.requireLimit("period", period));
  }

  /**
   * Cancels a job, for whoever waits for it, at the server that gave the handle: one that waits for
   * a worker is dropped, the worker of one that runs is told if it speaks the flow extension.
   * gearmand, and any server whose worker does not, says the same of a running job and lets it run
   * to its end. One subscription is one request, on a connection of its own (the text command
   * {@code cancel job}); errors are as in {@link io.gearman.admin.AdminClient#cancel}.
   */
  Mono<Void> cancel(JobHandle handle);

  /**
   * How the connection to each server stands, and how it stands after each change; completes when
   * this client is disposed of. A subscriber that is slower than the changes gets the latest of
   * each server. Connections are made when this client is first used.
   */
  Flux<ConnectionState> states();

  /**
   * Runs a job and gives its whole result: the data that came before the end and the data at the
   * end, joined. As {@link #run}, but warnings and progress are dropped, and so is the data of a
   * run that was lost with its worker; the result is empty, not absent, if the job sent no data.
   */
  default Mono<byte[]> call(String function, byte[] workload) {
    return call(JobRequest.of(function, workload), PayloadCodec.bytes());
  }

  /**
   * As {@link #call(String, byte[])}, for a value. What a codec cannot encode or decode is a {@link
   * io.gearman.PayloadException}.
   */
  default <I, O> Mono<O> call(
      String function, I value, PayloadCodec<I> workload, PayloadCodec<O> result) {
    requireNonNull(value, "value");
    return Mono.defer(() -> call(JobRequest.of(function, value, workload), result));
  }

  /** As {@link #call(String, byte[])}, for a job of any kind; the codec reads the whole result. */
  default <T> Mono<T> call(JobRequest request, PayloadCodec<T> result) {
    return JoinedResult.of(run(request), bytes -> result.decodeFor(request.function(), bytes));
  }

  /**
   * Runs a job and gives the parts of its result as they come: each WORK_DATA, and last what the
   * end carried unless it is empty. As {@link #run}, but warnings and progress are dropped, and a
   * worker that is lost after it has sent parts is a {@link io.gearman.JobRestartedException},
   * since they cannot be taken back; retrying submits the job anew.
   */
  default Flux<byte[]> stream(String function, byte[] workload) {
    return stream(JobRequest.of(function, workload), PayloadCodec.bytes());
  }

  /**
   * As {@link #stream(String, byte[])}, for a value, and with each part as a value of its own. What
   * a codec cannot encode or decode is a {@link io.gearman.PayloadException}, which cancels the
   * job.
   */
  default <I, O> Flux<O> stream(
      String function, I value, PayloadCodec<I> workload, PayloadCodec<O> part) {
    requireNonNull(value, "value");
    return Flux.defer(() -> stream(JobRequest.of(function, value, workload), part));
  }

  /** As {@link #stream(String, byte[])}, for a job of any kind; the codec reads each part. */
  default <T> Flux<T> stream(JobRequest request, PayloadCodec<T> part) {
    return Results.parts(run(request), bytes -> part.decodeFor(request.function(), bytes));
  }

  /**
   * Runs many jobs, and gives what became of each as soon as it is known, in the order in which
   * they end. A job that fails does not keep the others from their results; this publisher fails
   * only if {@code requests} does, which cancels the jobs under way.
   *
   * <p>No more than {@code concurrency} requests are asked for ahead of the results: a job's place
   * is free when it has ended and its result has been taken. {@link Builder#maxJobs} bounds the
   * jobs of one connection whatever they are asked by. Cancelling cancels the jobs under way.
   *
   * @param concurrency jobs under way at once; 1 or more
   */
  default Flux<JobResult> runAll(Publisher<JobRequest> requests, int concurrency) {
    return new FanOut<>(requests, concurrency, request -> Results.of(request, run(request)));
  }

  /**
   * Calls many jobs, and gives the result of each as soon as it is there, in the order in which
   * they end: the fan-out of a map, whose parts a {@link Flux#reduce} puts together. The first job
   * that fails fails this and cancels the others; {@link #runAll} goes on. Bounded and cancelled as
   * that. Where the order counts, {@code requests.flatMapSequential(request -> call(request,
   * result), concurrency)} keeps it.
   *
   * @param concurrency jobs under way at once; 1 or more
   */
  default <T> Flux<T> callAll(
      Publisher<JobRequest> requests, int concurrency, PayloadCodec<T> result) {
    return new FanOut<>(requests, concurrency, request -> call(request, result));
  }

  /** A client of this server with defaults for everything else. */
  static Builder builder(ServerAddress server) {
    return new Builder(List.of(requireNonNull(server, "server")));
  }

  /**
   * A client of these servers, in order of preference, with defaults for everything else. {@link
   * ServerAddress#fromEnvironment()} has those of {@code GEARMAN_SERVERS}.
   *
   * @throws IllegalArgumentException if the list is empty or has a server twice
   */
  static Builder builder(List<ServerAddress> servers) {
    return new Builder(servers);
  }

  /** Builds a client. */
  final class Builder {

    private static final int MAX_WINDOW = 65536;

    private final List<ServerAddress> servers;
    private ConnectionSettings connection = ConnectionSettings.defaults();
    private String clientId = "";
    private String namespace = "";
    private ServerSelection selection = ServerSelection.FIRST_AVAILABLE;
    private Duration preference = Duration.ofSeconds(1);
    private Duration connectLimit = Duration.ofSeconds(10);
    private Duration acceptLimit = Duration.ofSeconds(30);
    private int maxJobs = 100_000;
    private int bufferLimit = 4 << 20;
    private int window = 256;
    private int streamConnections = 8;

    private Builder(List<ServerAddress> servers) {
      this.servers = ServerAddress.requireList(servers);
    }

    /** Which server a job goes to; {@link ServerSelection#FIRST_AVAILABLE} by default. */
    public Builder selection(ServerSelection selection) {
      this.selection = requireNonNull(selection, "selection");
      return this;
    }

    /**
     * How long a job waits for the server that it should go to, while that is connected to for the
     * first time or again after a loss, before it goes to the next one; more than 0, 1 s by
     * default.
     */
    public Builder preference(Duration limit) {
      this.preference = JobRequest.requireLimit("preference", limit);
      return this;
    }

    /**
     * How long a request may wait for a server to be ready; more than 0, 10 s by default. After
     * that it fails with a {@link io.gearman.ConnectionException} of phase CONNECT.
     */
    public Builder connectLimit(Duration limit) {
      this.connectLimit = JobRequest.requireLimit("connectLimit", limit);
      return this;
    }

    /**
     * How long a server may take to answer a request, such as with JOB_CREATED; more than 0, 30 s
     * by default. After that the request fails with a {@link io.gearman.JobTimeoutException}; a job
     * that is run and is accepted all the same is cancelled then, but by a plain server if it may
     * be one with the next attempt, and a job in the background goes on. A job with a unique id of
     * which nothing is heard for as long is asked for where the server is a plain one, and fails
     * with a {@link io.gearman.JobLostException} if the server has forgotten it.
     */
    public Builder acceptLimit(Duration limit) {
      this.acceptLimit = JobRequest.requireLimit("acceptLimit", limit);
      return this;
    }

    /**
     * Jobs at most that one connection carries at once, those in the background until they are
     * accepted, and as many that wait for a server; 1 or more, 100,000 by default. Those beyond it
     * fail with a {@link TooManyJobsException} or a {@link io.gearman.ConnectionException} of phase
     * CONNECT.
     */
    public Builder maxJobs(int jobs) {
      if (jobs < 1) {
        throw new IllegalArgumentException("maxJobs must be 1 or more, not " + jobs);
      }
      this.maxJobs = jobs;
      return this;
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
     * What servers have before the name of each function, and of each reducer, and nobody else
     * sees, such as {@code test/}; none by default. A name must be 512 bytes at most with it, or
     * its job fails with an {@link IllegalArgumentException}. Workers have the same.
     */
    public Builder namespace(String prefix) {
      this.namespace = requireNonNull(prefix, "namespace");
      return this;
    }

    /**
     * Bytes of events that one job may have waiting for its subscriber on the shared connection to
     * a plain server; 0 or more, 4 MiB by default. Each event counts as 64 bytes and its data.
     */
    public Builder bufferLimit(int bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("bufferLimit must be 0 or more bytes, not " + bytes);
      }
      this.bufferLimit = bytes;
      return this;
    }

    /**
     * Pieces of data, warnings included, that a worker may send ahead of what a job's subscriber
     * has taken, where the server speaks the flow extension; 1 to 65,536, 256 by default. They may
     * all wait here, whatever their size, and one more for each time that the job began anew, 16 at
     * most before our server; of a worker without the extension one more. The worker's function may
     * have made one more. A larger window carries more small parts per second: a subscriber that
     * asked for everything, and with whom nobody shares the job by a unique id, has four times as
     * many on the way while they are 1 KiB or less on average, of which none waits here.
     */
    public Builder window(int pieces) {
      if (pieces < 1 || pieces > MAX_WINDOW) {
        throw new IllegalArgumentException("window must be 1 to " + MAX_WINDOW + ", not " + pieces);
      }
      this.window = pieces;
      return this;
    }

    /**
     * Connections at most, besides the shared one, for jobs whose subscribers do not ask for
     * everything at once, where the server does not speak the flow extension; 0 or more, 8 by
     * default. Such a job has one to itself, which is not read while its subscriber takes nothing;
     * one that had a unique id and was cancelled keeps it until the job has ended. Further jobs
     * share a connection, under the buffer limit.
     */
    public Builder streamConnections(int connections) {
      if (connections < 0) {
        throw new IllegalArgumentException(
            "streamConnections must be 0 or more, not " + connections);
      }
      this.streamConnections = connections;
      return this;
    }

    /** The client; it connects when first used. */
    public GearmanClient build() {
      return new DefaultGearmanClient(
          servers,
          new ClientSettings(
              connection,
              clientId,
              namespace,
              selection,
              preference,
              connectLimit,
              acceptLimit,
              maxJobs,
              bufferLimit,
              window,
              streamConnections));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.ServerErrorException;
import io.gearman.WorkerException;
import io.gearman.protocol.Packet;
import io.gearman.server.JobServer;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import io.gearman.transport.ServerAddress;
import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * One job, over a connection of its own within the process. What the server says crosses from its
 * event loop to the listener's, packet by packet, and what is asked for crosses back. Confined to
 * the listener's event loop.
 *
 * <p>The worker is allowed what the subscriber has asked for, a window at most, and a first piece
 * without being asked. Progress needs no allowance: it is passed on while the subscriber takes
 * something, else the latest is kept.
 */
final class JobRun {

  /** Data and warnings that may be on their way. */
  static final int WINDOW = 128;

  private final EventLoop loop;
  private final FluxSink<JobEvent> sink;
  private @Nullable PacketConnection connection; // set with the handle
  private @Nullable JobHandle handle;
  private long allowed; // of data and warnings, not come yet
  private JobEvent.@Nullable Status progress; // nobody has taken it
  private boolean emitting;
  private boolean ended;

  private JobRun(EventLoop loop, FluxSink<JobEvent> sink, boolean unique) {
    this.loop = loop;
    this.sink = sink;
    this.allowed = unique ? 0 : 1;
  }

  /**
   * The events of a job, in the listener's event loop. Each subscription submits it; cancelling
   * leaves it, which cancels a foreground job that nobody else waits for. Ends with {@link
   * JobEvent.Completed} or a {@link io.gearman.GearmanException}; a background job does not end.
   *
   * @param address of whoever asks, which the server shows
   */
  static Flux<JobEvent> of(
      JobServer.Bound server, EventLoop loop, String address, Packet submission) {
    return Flux.create(
        sink -> {
          JobRun run = new JobRun(loop, sink, submission.argument(1).length > 0);
          Disposable.Swap left = Disposables.swap();
          sink.onDispose(left);
          sink.onRequest(more -> run.onDemand());
          server
              .connect(
                  address,
                  connection -> {
                    left.update(connection);
                    return run.new Inlet(connection);
                  })
              .subscribe(
                  inlet -> inlet.submit(submission),
                  error -> loop.execute(() -> run.end(refused(server, error))));
        });
  }

  private static ConnectionException refused(JobServer.Bound server, Throwable cause) {
    return new ConnectionException(
        new ServerAddress(server.host(), server.port()).toString(),
        Phase.CONNECT,
        String.valueOf(cause.getMessage()),
        cause);
  }

  /** The connection's side, on the job server's event loop. */
  private final class Inlet implements PacketListener {

    private final PacketConnection connection;
    // Between two event loops, hence atomic: progress that is on its way, one at most, the latest.
    private final AtomicReference<@Nullable Packet> progress = new AtomicReference<>();

    Inlet(PacketConnection connection) {
      this.connection = connection;
    }

    void submit(Packet submission) {
      connection.write(Packet.request(OPTION_REQ, "exceptions".getBytes(US_ASCII)));
      connection.write(Packet.request(OPTION_REQ, "flow".getBytes(US_ASCII)));
      connection.write(submission);
    }

    @Override
    public void onPacket(Packet packet) {
      if (packet.type() != WORK_STATUS) {
        loop.execute(() -> JobRun.this.onPacket(connection, packet));
      } else if (progress.getAndSet(packet) == null) {
        loop.execute(this::onLatestProgress);
      }
    }

    private void onLatestProgress() {
      Packet latest = progress.getAndSet(null);
      if (latest != null) {
        JobRun.this.onPacket(connection, latest);
      }
    }

    @Override
    public void onWritable() {
      // no more is written than the job and what is asked of it
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      loop.execute(() -> onLost(connection, cause));
    }
  }

  private void onPacket(PacketConnection connection, Packet packet) {
    if (ended || sink.isCancelled()) {
      return;
    }
    switch (packet.type()) {
      case JOB_CREATED -> onCreated(connection, packet);
      case WORK_DATA -> onData(new JobEvent.Data(packet.argument(1)));
      case WORK_WARNING -> onData(new JobEvent.Warning(packet.argument(1)));
      case WORK_STATUS -> onProgress(new JobEvent.Status(number(packet, 1), number(packet, 2)));
      case WORK_RESTARTED -> emit(new JobEvent.Restarted());
      case WORK_COMPLETE -> onCompleted(new JobEvent.Completed(packet.argument(1)));
      case WORK_FAIL -> end(new JobFailedException(created()));
      case WORK_EXCEPTION -> end(new WorkerException(created(), packet.argument(1)));
      case ERROR ->
          end(
              new ServerErrorException(
                  connection.server().toString(), packet.text(0), packet.text(1)));
      default -> {} // OPTION_RES
    }
  }

  private JobHandle created() {
    return requireNonNull(handle, "JOB_CREATED comes first");
  }

  private void onCreated(PacketConnection connection, Packet packet) {
    this.connection = connection;
    this.handle = new JobHandle(connection.server().toString(), packet.text(0));
    emit(new JobEvent.Created(handle));
  }

  private void onData(JobEvent event) {
    allowed--;
    emit(event);
  }

  private void onProgress(JobEvent.Status status) {
    progress = status;
    onDemand();
  }

  private void onCompleted(JobEvent.Completed completed) {
    ended = true;
    if (progress != null) {
      sink.next(progress);
    }
    sink.next(completed);
    sink.complete();
  }

  private void emit(JobEvent event) {
    emitting = true;
    sink.next(event);
    emitting = false;
    onDemand();
  }

  /** Within {@code next} the sink has not counted yet what it hands out: all is done after it. */
  private void onDemand() {
    if (emitting || ended) {
      return;
    }
    JobEvent.Status latest = progress;
    if (latest != null && sink.requestedFromDownstream() > 0) {
      progress = null;
      emit(latest);
    } else {
      allow();
    }
  }

  /** Tells the worker when half of what is asked for is used up, not each time. */
  private void allow() {
    PacketConnection connection = this.connection;
    long wanted = Math.min(WINDOW, sink.requestedFromDownstream());
    if (connection != null && wanted > 0 && allowed <= wanted / 2) {
      byte[] job = created().id().getBytes(US_ASCII);
      byte[] more = Long.toString(wanted - allowed).getBytes(US_ASCII);
      allowed = wanted;
      connection.executor().execute(() -> connection.write(Packet.request(WORK_DEMAND, job, more)));
    }
  }

  private void onLost(PacketConnection connection, @Nullable Throwable cause) {
    end(
        new ConnectionException(
            connection.server().toString(),
            handle == null ? Phase.UNANSWERED : Phase.ACCEPTED,
            "The job server has ended",
            cause));
  }

  /** Nothing if the job has ended already, or was left. */
  private void end(Throwable error) {
    if (!ended && !sink.isCancelled()) {
      ended = true;
      sink.error(error);
    }
  }

  /** Workers may write anything here: what is not a number counts as 0. */
  private static long number(Packet status, int argument) {
    try {
      return Long.parseLong(status.text(argument).trim());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}

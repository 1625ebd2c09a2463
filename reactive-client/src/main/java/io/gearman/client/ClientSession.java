// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.protocol.Magic;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.ProtocolException;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.ServerLink;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One connection of a client: who waits for the next answer, and who waits for which job. Confined
 * to the event loop of the connection, hence the plain fields.
 *
 * <p>What a job's subscriber does not take is bounded in one of three ways: by windows of demand
 * where the server speaks the flow extension; before a plain one by not reading, if the connection
 * is the job's own; and by the buffer limit if it is shared.
 */
final class ClientSession implements PacketListener, ServerLink.Session {

  private static final Logger log = LoggerFactory.getLogger(GearmanClient.class);

  private final PacketConnection connection;
  private final String name; // of the server
  private final ClientSettings settings;
  private final @Nullable Consumer<ClientSession> onIdle;
  private final Sinks.Empty<Void> closed = Sinks.empty();
  private final Replies replies;
  private final LiveJobs jobs;
  private final @Nullable Cancellations cancellations;

  private boolean retired; // closes when its job has ended
  private @Nullable ConnectionException lost;

  private ClientSession(
      PacketConnection connection,
      ClientSettings settings,
      @Nullable Function<JobHandle, Mono<Void>> cancel,
      @Nullable Consumer<ClientSession> onIdle) {
    this.connection = connection;
    this.name = connection.server().toString();
    this.cancellations = cancel == null ? null : new Cancellations(cancel, connection.executor());
    this.settings = settings;
    this.replies = new Replies(connection, settings.acceptLimit());
    this.jobs = new LiveJobs(connection, settings, this::status);
    this.onIdle = onIdle;
  }

  /**
   * A session for any number of requests at once.
   *
   * @param cancel how a plain server is told to drop a job
   */
  static ClientSession shared(
      PacketConnection connection,
      ClientSettings settings,
      Function<JobHandle, Mono<Void>> cancel) {
    return new ClientSession(connection, settings, cancel, null);
  }

  /**
   * A session for one job at a time, which is not read while the job's subscriber takes nothing.
   *
   * @param onIdle hears when the job has ended and another one may have the session
   */
  static ClientSession exclusive(
      PacketConnection connection, ClientSettings settings, Consumer<ClientSession> onIdle) {
    return new ClientSession(connection, settings, null, onIdle);
  }

  private boolean isExclusive() {
    return onIdle != null;
  }

  /** As {@link Introduction#of}. */
  Mono<ClientSession> introduce(String clientId, Duration patience) {
    return new Introduction(this, connection, jobs).of(clientId, patience);
  }

  /** Whether the server speaks the flow extension; known once it has answered. */
  boolean hasFlow() {
    return jobs.hasFlow();
  }

  Flux<JobEvent> run(JobRequest request) {
    return new JobFlux(this, request, null);
  }

  Mono<JobHandle> enqueue(JobRequest request) {
    return ask(PacketType.JOB_CREATED, this::handle, request::inBackground);
  }

  Mono<JobStatus> status(JobHandle handle) {
    return ask(
        PacketType.STATUS_RES,
        StatusAnswer::read,
        () -> Packet.request(PacketType.GET_STATUS, ascii(handle.id())));
  }

  ServerAddress server() {
    return connection.server();
  }

  /** Completes when the connection is gone. */
  @Override
  public Mono<Void> onClose() {
    return closed.asMono();
  }

  @Override
  public void dispose() {
    connection.dispose();
  }

  @Override
  public boolean isDisposed() {
    return connection.isDisposed();
  }

  // ---- what the publishers use

  boolean isInLoop() {
    return connection.executor().inEventLoop();
  }

  /** Runs a task on the event loop: at once if that is where the caller is. */
  void execute(Runnable task) {
    if (isInLoop()) {
      task.run();
    } else {
      connection.executor().execute(task);
    }
  }

  JobHandle handle(Packet created) {
    return new JobHandle(name, created.text(0));
  }

  int bufferLimit() {
    return settings.bufferLimit();
  }

  /** Whether a job has more bytes of events waiting than this session bears. */
  boolean overflows(long buffered) {
    return !jobs.hasFlow() && !isExclusive() && buffered > settings.bufferLimit();
  }

  SharedJob join(JobSubscription member, Packet created) {
    return jobs.join(member, created.argument(0));
  }

  /**
   * A subscriber has taken what it wants for now.
   *
   * @param all nothing waits for it
   */
  void taken(SharedJob job, boolean all) {
    jobs.demand(job);
    if (isExclusive()) {
      connection.setReading(all);
    }
  }

  /**
   * A submission wants no more of its job.
   *
   * @param job null if it has not been accepted
   */
  void leave(JobSubscription member, @Nullable SharedJob job) {
    if (job != null) {
      jobs.leave(member, job);
      forgetIfDeserted(job, member.mayShare());
      if (cancellations != null && !jobs.hasFlow() && !member.mayShare()) {
        cancellations.add(job.handle());
      }
    }
    if (isExclusive()) {
      leaveConnection(member);
    }
  }

  /**
   * A submission of the same unique id may be under way, and share the account of demand: what was
   * allowed is kept until all that is under way has been answered.
   */
  private void forgetIfDeserted(SharedJob job, boolean mayBeJoined) {
    if (!job.isEmpty()) {
      return;
    }
    if (jobs.hasFlow() && mayBeJoined && !replies.isEmpty()) {
      job.await();
      ask(PacketType.ECHO_RES, Packet::type, () -> Packet.request(PacketType.ECHO_REQ, new byte[0]))
          .subscribe(answer -> jobs.answered(job), lostWithAllJobs -> {});
    } else {
      jobs.forget(job);
    }
  }

  /**
   * A plain server hears of a cancellation only by the end of the connection. But gearmand drops a
   * background job, too, when a submission that joined it loses its connection: where that could
   * be, the connection is read until the job has ended.
   */
  private void leaveConnection(JobSubscription member) {
    if (member.mayShare()) {
      retired = true;
      connection.setReading(true);
      closeIfRetired();
    } else {
      close();
    }
  }

  private void closeIfRetired() {
    if (retired && jobs.isEmpty() && replies.isEmpty()) {
      close();
    }
  }

  private void close() {
    closed.tryEmitEmpty(); // at once, as there may be room for another one only then
    dispose();
  }

  /** A submission has ended. An answer that is still due would meet the next one. */
  void ended(JobSubscription member) {
    Consumer<ClientSession> next = onIdle;
    if (next == null || retired) {
      return;
    }
    if (replies.size() > 0) {
      leaveConnection(member);
    } else {
      connection.setReading(true);
      next.accept(this);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }

  <T> Mono<T> ask(PacketType expected, Function<Packet, T> read, Supplier<Packet> request) {
    return Mono.create(
        sink -> {
          Disposable cancelled = Disposables.single();
          sink.onCancel(cancelled);
          execute(
              () -> {
                if (!cancelled.isDisposed()) {
                  send(new Question<>(expected, read, sink), request);
                }
              });
        });
  }

  void send(Reply reply, Supplier<Packet> making) {
    Packet request;
    try {
      request = checked(reply, making);
    } catch (RuntimeException refused) {
      reply.onFailure(refused);
      return;
    }
    replies.add(reply);
    connection.write(request);
  }

  private Packet checked(Reply reply, Supplier<Packet> making) {
    if (lost != null || connection.isDisposed()) { // of the latter it is about to hear
      throw lost(Phase.CONNECT, lost == null ? null : lost.getCause());
    }
    if (reply.expected() == PacketType.JOB_CREATED
        && replies.size() + jobs.size() >= settings.maxJobs()) {
      throw new TooManyJobsException(settings.maxJobs());
    }
    Packet request = making.get();
    if (request.size() > connection.maxPacketSize()) { // the server would close the connection
      throw new IllegalArgumentException(
          "%s of %d bytes is over the packet limit of %d bytes"
              .formatted(request.type(), request.size(), connection.maxPacketSize()));
    }
    return request;
  }

  // ---- what the connection says

  @Override
  public void onPacket(Packet packet) {
    if (packet.magic() != Magic.RESPONSE) {
      throw new ProtocolException("Server " + connection.server() + " sent a request: " + packet);
    }
    switch (packet.type()) {
      case JOB_CREATED, STATUS_RES, STATUS_RES_UNIQUE, OPTION_RES, ECHO_RES ->
          replies.answer(packet);
      case ERROR -> error(packet);
      case WORK_DATA,
          WORK_WARNING,
          WORK_STATUS,
          WORK_COMPLETE,
          WORK_FAIL,
          WORK_EXCEPTION,
          WORK_RESTARTED ->
          jobs.onWork(packet);
      default -> log.debug("Ignoring {} from {}", packet, connection.server());
    }
    closeIfRetired();
  }

  private void error(Packet packet) {
    if (!replies.refuse(packet)) {
      log.warn("Server {} sent an error that answers nothing: {}", connection.server(), packet);
    }
  }

  /** Nothing here produces more when the socket allows it. */
  @Override
  public void onWritable() {}

  @Override
  public void onClosed(@Nullable Throwable cause) {
    ConnectionException reason = lost(Phase.UNANSWERED, cause);
    lost = reason;
    log.debug("{}", reason.getMessage(), cause);
    closed.tryEmitEmpty(); // first, so that whoever tries again at once gets a new connection
    if (cancellations != null) {
      cancellations.clear();
    }
    List<JobSubscription> accepted = jobs.clear();
    replies.clear(reason);
    ConnectionException end = lost(Phase.ACCEPTED, cause);
    accepted.forEach(job -> Replies.fail(job, end));
  }

  ConnectionException lost(Phase phase, @Nullable Throwable cause) {
    String why = cause == null ? "it was closed" : String.valueOf(cause.getMessage());
    return new ConnectionException(
        connection.server().toString(),
        phase,
        "Lost the connection to " + connection.server() + ": " + why,
        cause);
  }
}

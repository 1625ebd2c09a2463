// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.ServerErrorException;
import io.gearman.protocol.Magic;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.ProtocolException;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
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
 */
final class ClientSession implements PacketListener, Disposable {

  private static final Logger log = LoggerFactory.getLogger(GearmanClient.class);

  private final PacketConnection connection;
  private final int bufferLimit;
  private final Sinks.Empty<Void> closed = Sinks.empty();
  private final Queue<Reply> replies = new ArrayDeque<>();

  /**
   * Who waits for a handle. The server sends each event once for each submission, so that two
   * submissions that met in one job take turns: the first in line gets the next copy and goes to
   * the end of the line.
   */
  private final Map<String, ArrayDeque<JobSubscription>> jobs = new HashMap<>();

  private @Nullable ConnectionException lost;

  ClientSession(PacketConnection connection, int bufferLimit) {
    this.connection = connection;
    this.bufferLimit = bufferLimit;
  }

  /**
   * Introduces this client; asked for exceptions, a server that knows the option sends the worker's
   * own bytes.
   */
  void introduce(String clientId) {
    if (!clientId.isEmpty()) {
      connection.write(Packet.request(PacketType.SET_CLIENT_ID, clientId.getBytes(UTF_8)));
    }
    ask(
            PacketType.OPTION_RES,
            Function.identity(),
            PacketType.OPTION_REQ,
            "exceptions".getBytes(ISO_8859_1))
        .subscribe(
            answer -> log.debug("{} sends exceptions", connection.server()),
            failure ->
                log.debug("{} sends no exceptions: {}", connection.server(), failure.getMessage()));
  }

  Flux<JobEvent> run(JobRequest request) {
    return new JobFlux(this, request);
  }

  Mono<JobHandle> enqueue(JobRequest request) {
    PacketType type =
        switch (request.priority()) {
          case HIGH -> PacketType.SUBMIT_JOB_HIGH_BG;
          case NORMAL -> PacketType.SUBMIT_JOB_BG;
          case LOW -> PacketType.SUBMIT_JOB_LOW_BG;
        };
    return ask(PacketType.JOB_CREATED, this::handle, type, arguments(request));
  }

  Mono<JobStatus> status(JobHandle handle) {
    return ask(
        PacketType.STATUS_RES,
        answer ->
            new JobStatus(
                answer.text(1).equals("1"),
                answer.text(2).equals("1"),
                number(answer, 3),
                number(answer, 4)),
        PacketType.GET_STATUS,
        handle.id().getBytes(ISO_8859_1));
  }

  /** Completes when the connection is gone. */
  Mono<Void> onClose() {
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

  /** Runs a task on the event loop: at once if that is where the caller is. */
  void execute(Runnable task) {
    if (connection.executor().inEventLoop()) {
      task.run();
    } else {
      connection.executor().execute(task);
    }
  }

  void submit(JobSubscription job, JobRequest request) {
    PacketType type =
        switch (request.priority()) {
          case HIGH -> PacketType.SUBMIT_JOB_HIGH;
          case NORMAL -> PacketType.SUBMIT_JOB;
          case LOW -> PacketType.SUBMIT_JOB_LOW;
        };
    send(job, Packet.request(type, arguments(request)));
  }

  JobHandle handle(Packet created) {
    return new JobHandle(connection.server().toString(), created.text(0));
  }

  int bufferLimit() {
    return bufferLimit;
  }

  void join(JobSubscription job, String handle) {
    jobs.computeIfAbsent(handle, key -> new ArrayDeque<>(1)).add(job);
  }

  /**
   * Forgets a cancelled job if it was the only one under its handle. What still comes for an
   * unknown handle is ignored.
   */
  void leave(JobSubscription job, String handle) {
    ArrayDeque<JobSubscription> waiting = jobs.get(handle);
    if (waiting != null && waiting.size() == 1 && waiting.contains(job)) {
      jobs.remove(handle);
    }
  }

  private <T> Mono<T> ask(
      PacketType expected, Function<Packet, T> read, PacketType type, byte[]... arguments) {
    return Mono.create(
        sink -> {
          Disposable cancelled = Disposables.single();
          sink.onCancel(cancelled);
          execute(
              () -> {
                if (!cancelled.isDisposed()) {
                  send(new Question<>(expected, read, sink), Packet.request(type, arguments));
                }
              });
        });
  }

  private void send(Reply reply, Packet request) {
    if (lost != null) {
      reply.onFailure(lost(Phase.CONNECT, lost.getCause()));
      return;
    }
    if (request.size() > connection.maxPacketSize()) { // the server would close the connection
      reply.onFailure(
          new IllegalArgumentException(
              "%s of %d bytes is over the packet limit of %d bytes"
                  .formatted(request.type(), request.size(), connection.maxPacketSize())));
      return;
    }
    replies.add(reply);
    connection.write(request);
  }

  private static byte[][] arguments(JobRequest request) {
    return new byte[][] {
      request.function().getBytes(UTF_8), request.unique().getBytes(UTF_8), request.workload()
    };
  }

  private static long number(Packet packet, int argument) {
    String text = packet.text(argument);
    try {
      return text.isEmpty()
          ? 0
          : Long.parseLong(text); // the Perl server sends nothing for no progress
    } catch (NumberFormatException e) {
      throw new ProtocolException(
          "%s of %s is \"%s\", not a number"
              .formatted(packet.type().arguments().get(argument), packet.type(), text));
    }
  }

  // ---- what the connection says

  @Override
  public void onPacket(Packet packet) {
    if (packet.magic() != Magic.RESPONSE) {
      throw new ProtocolException("Server " + connection.server() + " sent a request: " + packet);
    }
    switch (packet.type()) {
      case JOB_CREATED, STATUS_RES, OPTION_RES -> answer(packet);
      case ERROR -> error(packet);
      case WORK_DATA, WORK_WARNING, WORK_STATUS, WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION ->
          work(packet);
      default -> log.debug("Ignoring {} from {}", packet, connection.server());
    }
  }

  private void answer(Packet packet) {
    Reply reply = replies.peek(); // stays in line if the answer is wrong, to hear of the loss
    if (reply == null || reply.expected() != packet.type()) {
      throw new ProtocolException(
          "Server %s sent %s where %s was due"
              .formatted(
                  connection.server(), packet, reply == null ? "nothing" : reply.expected()));
    }
    reply.onAnswer(packet);
    replies.poll();
  }

  private void error(Packet packet) {
    Reply reply = replies.poll();
    if (reply == null) {
      log.warn("Server {} sent an error that answers nothing: {}", connection.server(), packet);
    } else {
      reply.onFailure(
          new ServerErrorException(connection.server().toString(), packet.text(0), packet.text(1)));
    }
  }

  private void work(Packet packet) {
    String handle = withoutTrailingNul(packet.text(0));
    ArrayDeque<JobSubscription> waiting = jobs.get(handle);
    if (waiting == null) {
      return; // the end of a job that was cancelled here
    }
    JobSubscription job = waiting.remove();
    boolean last =
        switch (packet.type()) {
          case WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION -> true;
          default -> false;
        };
    if (!last) {
      waiting.add(job);
    } else if (waiting.isEmpty()) {
      jobs.remove(handle);
    }
    job.onWork(packet);
  }

  /** gearmand ends the handle of a WORK_FAIL with a NUL when the worker sent an exception. */
  private static String withoutTrailingNul(String handle) {
    int end = handle.indexOf('\0');
    return end < 0 ? handle : handle.substring(0, end);
  }

  @Override
  public void onWritable() {
    // Submissions are as many as their subscribers made; nothing here produces more when the socket
    // allows it.
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    ConnectionException reason = lost(Phase.UNANSWERED, cause);
    lost = reason;
    log.debug("{}", reason.getMessage(), cause);
    closed.tryEmitEmpty(); // first, so that whoever tries again at once gets a new connection
    List<Reply> unanswered = List.copyOf(replies);
    List<JobSubscription> accepted = jobs.values().stream().flatMap(Collection::stream).toList();
    replies.clear();
    jobs.clear();
    unanswered.forEach(reply -> fail(reply, reason));
    ConnectionException end = lost(Phase.ACCEPTED, cause);
    accepted.forEach(job -> fail(job, end));
  }

  /** Whoever cannot bear it must not keep the others from hearing of it. */
  private static void fail(Reply waiting, ConnectionException reason) {
    try {
      waiting.onFailure(reason);
    } catch (Throwable thrown) {
      log.warn("A subscriber threw on the loss of its connection", thrown);
    }
  }

  private ConnectionException lost(Phase phase, @Nullable Throwable cause) {
    String why = cause == null ? "it was closed" : String.valueOf(cause.getMessage());
    return new ConnectionException(
        connection.server().toString(),
        phase,
        "Lost the connection to " + connection.server() + ": " + why,
        cause);
  }
}

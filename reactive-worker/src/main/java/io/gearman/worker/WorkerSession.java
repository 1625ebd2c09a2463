// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.ServerErrorException.NOT_ALLOWED;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobHandle;
import io.gearman.ServerErrorException;
import io.gearman.protocol.Magic;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.ProtocolException;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import io.gearman.transport.ServerLink;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One connection of a worker, and its jobs. The first packet asks for the flow extension, and
 * {@link Grabs} begin with the answer, as far as there are slots.
 *
 * <p>Confined to the event loop of the connection, hence the plain fields.
 */
final class WorkerSession implements PacketListener, ServerLink.Session {

  static final Logger log = LoggerFactory.getLogger(GearmanWorker.class);

  private static final byte[] FLOW = "flow".getBytes(UTF_8);
  private static final Duration SERVER_GRACE = Duration.ofSeconds(1); // its clock begins earlier

  private final PacketConnection connection;
  private final String server; // as handles name it
  private final Lane lane;
  private final Grabs grabs;
  private final Sinks.One<WorkerSession> working = Sinks.one();
  private final Sinks.Empty<Void> closed = Sinks.empty();
  private final Map<String, JobRun> running = new LinkedHashMap<>(); // by handle

  private boolean negotiated; // the server has said whether it speaks flow
  private boolean flow;

  WorkerSession(PacketConnection connection, Lane lane) {
    this.connection = connection;
    this.server = connection.server().toString();
    this.lane = lane;
    this.grabs = new Grabs(connection, lane);
  }

  /**
   * Introduces this worker to the server. Emits this session when it begins to grab; if the
   * connection is lost before or the server is silent for too long it fails, and the connection is
   * closed.
   */
  Mono<WorkerSession> register(String clientId, Duration patience) {
    return working
        .asMono()
        .doOnSubscribe(awaited -> execute(() -> introduce(clientId)))
        .timeout(patience, Mono.error(() -> silentFor(patience)))
        .doOnError(failure -> dispose());
  }

  private void introduce(String clientId) {
    send(PacketType.OPTION_REQ, FLOW); // first, so that the first answer is its own
    if (!clientId.isEmpty()) {
      send(PacketType.SET_CLIENT_ID, clientId.getBytes(UTF_8));
    }
    lane.functions().forEach(this::canDo);
  }

  private void canDo(WorkerFunction function) {
    byte[] name = lane.onWire(function.name()).getBytes(UTF_8);
    if (function.hasServerTimeout()) {
      long millis = Math.min(function.timeout().plus(SERVER_GRACE).toMillis(), Integer.MAX_VALUE);
      send(PacketType.CAN_DO_TIMEOUT, name, Long.toString(millis).getBytes(US_ASCII));
    } else {
      send(PacketType.CAN_DO, name);
    }
  }

  private ConnectionException silentFor(Duration patience) {
    return new ConnectionException(
        server,
        Phase.UNANSWERED,
        "Server %s has not answered OPTION_REQ for %d ms"
            .formatted(connection.server(), patience.toMillis()),
        null);
  }

  /** Fails when the connection is gone. */
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

  // ---- what the server says

  @Override
  public void onPacket(Packet packet) {
    if (packet.magic() != Magic.RESPONSE) {
      throw new ProtocolException("Server " + server + " sent a request: " + packet);
    }
    switch (packet.type()) {
      case JOB_ASSIGN -> assigned(packet, "", "", packet.argument(2));
      case JOB_ASSIGN_UNIQ -> assigned(packet, utf8(packet.argument(2)), "", packet.argument(3));
      case JOB_ASSIGN_ALL ->
          assigned(packet, utf8(packet.argument(2)), name(packet.argument(3)), packet.argument(4));
      case NO_JOB -> refused(packet);
      case NOOP -> grabs.woken();
      case OPTION_RES -> agreed(packet);
      case WORK_DEMAND -> withJob(packet, run -> demand(run, packet.text(1)));
      case WORK_CANCEL -> withJob(packet, JobRun::cancelled);
      case ECHO_RES -> grabs.heard(packet);
      case ERROR -> error(packet);
      default -> log.debug("Ignoring {} from {}", packet, connection.server());
    }
  }

  private void assigned(Packet packet, String unique, String reducer, byte[] workload) {
    if (grabs.isEmpty()) {
      throw new ProtocolException(
          "Server " + server + " assigned a job that was not asked for: " + packet);
    }
    JobHandle handle = new JobHandle(server, packet.text(0));
    Job job = new Job(handle, name(packet.argument(1)), unique, reducer, workload);
    WorkerFunction known = lane.function(job.function());
    JobRun run =
        new JobRun(this, packet.argument(0), job, known == null ? unknown(job) : known, flow);
    if (running.putIfAbsent(handle.id(), run) != null) {
      throw new ProtocolException("Server " + server + " assigned a job twice: " + packet);
    }
    grabs.assigned();
    run.start();
    grabs.more();
  }

  private String name(byte[] onWire) {
    return lane.withoutNamespace(utf8(onWire));
  }

  private static WorkerFunction unknown(Job job) {
    return new WorkerFunction(
        job.function(),
        any -> Mono.error(new IllegalArgumentException("Unknown function: " + any.function())),
        Duration.ZERO,
        false);
  }

  private void agreed(Packet packet) {
    if (negotiated) {
      throw new ProtocolException(
          "Server " + server + " sent an answer that was not due: " + packet);
    }
    negotiated(true);
  }

  /** Grabs begin once it is known in which way the server answers them. */
  private void negotiated(boolean agreed) {
    negotiated = true;
    flow = agreed;
    grabs.begin(agreed);
    working.tryEmitValue(this);
  }

  private void error(Packet packet) {
    if (packet.text(0).equals(NOT_ALLOWED)) {
      end(new ServerErrorException(server, packet.text(0), packet.text(1)));
      dispose();
    } else if (negotiated) {
      log.debug(
          "Server {}: {}", connection.server(), packet); // such as a result that came too late
    } else {
      negotiated(false);
    }
  }

  /**
   * What concerns a job that has ended here is ignored: it has crossed the end on the wire. Without
   * flow these are unknown types.
   */
  private void withJob(Packet packet, Consumer<JobRun> action) {
    JobRun run = flow ? running.get(withoutTrailingNul(packet.text(0))) : null;
    if (run != null) {
      action.accept(run);
    }
  }

  /** Some servers end a handle with the NUL that ends it in their memory. */
  private static String withoutTrailingNul(String handle) {
    int end = handle.indexOf('\0');
    return end < 0 ? handle : handle.substring(0, end);
  }

  private static void demand(JobRun run, String count) {
    try {
      int more = Integer.parseInt(count);
      if (more > 0 && count.charAt(0) != '+') {
        run.demand(more);
      }
    } catch (NumberFormatException malformed) {
      log.debug("Ignoring a demand of \"{}\"", count);
    }
  }

  private void refused(Packet packet) {
    if (grabs.isEmpty()) {
      throw new ProtocolException(
          "Server " + server + " refused a grab that was not sent: " + packet);
    }
    grabs.refused();
  }

  /** Jobs take turns: whoever fills the connection is the last to be asked the next time. */
  @Override
  public void onWritable() {
    for (int i = running.size(); i > 0 && !running.isEmpty() && connection.isWritable(); i--) {
      JobRun next = running.values().iterator().next();
      running.remove(next.handle());
      running.put(next.handle(), next);
      next.resume();
    }
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    List<JobRun> lost = List.copyOf(running.values());
    running.clear(); // before cancelling, which may end other jobs
    grabs.end();
    lost.forEach(this::lost);
    String why = cause == null ? "it was closed" : String.valueOf(cause.getMessage());
    ConnectionException end =
        new ConnectionException(
            server,
            Phase.ACCEPTED,
            "Lost the connection to " + connection.server() + ": " + why,
            cause);
    end(end);
  }

  private void lost(JobRun run) {
    grabs.jobLost();
    run.connectionLost();
    run.leave();
  }

  /** What ended it first is what is said. */
  private void end(Throwable cause) {
    working.tryEmitError(cause);
    closed.tryEmitError(cause);
  }

  // ---- what the jobs use

  void send(PacketType type, byte[]... arguments) {
    connection.write(Packet.request(type, arguments));
  }

  int maxPacketSize() {
    return connection.maxPacketSize();
  }

  boolean isWritable() {
    return connection.isWritable();
  }

  boolean inEventLoop() {
    return connection.executor().inEventLoop();
  }

  /** Runs a task on the event loop, behind those that wait. */
  void execute(Runnable task) {
    connection.executor().execute(task);
  }

  /** The job has ended, and was running until now unless the connection was lost meanwhile. */
  void ended(JobRun run) {
    if (running.remove(run.handle(), run)) {
      grabs.jobEnded();
      run.leave();
      grabs.more();
    }
  }

  /** The last one to hold the slot of a job has left, on whichever thread. */
  void slotIsFree() {
    if (inEventLoop()) {
      grabs.slotIsFree();
    } else {
      execute(grabs::slotIsFree);
    }
  }

  private static String utf8(byte[] bytes) {
    return bytes.length == 0 ? "" : new String(bytes, UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.ServerErrorException.NOT_ALLOWED;
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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One connection of a worker: its slots and the jobs that hold them. A slot is a permit to run one
 * job. It is taken before a grab is sent, and given back when the grab is refused or the job has
 * ended, so that never more jobs are assigned than there are slots.
 *
 * <p>The first packet asks for the flow extension, and grabs begin with the answer. A server that
 * agrees keeps a grab until there is a job: each free slot has its grab there, and that is all.
 * With any other server grabs are refused, and the worker sleeps:
 *
 * <pre>
 *   ASKED --OPTION_RES--> FLOW: a grab for each free slot
 *     |
 *     |             JOB_ASSIGN: one more grab, and another in place of the answered one
 *     |             +------+
 *     |             v      |     last grab answered with NO_JOB: PRE_SLEEP
 *     +---ERROR---> AWAKE -+----------------------------------------------> ASLEEP
 *     |             ^                                                         |
 *     |             +---------------------------NOOP--------------------------+
 *     |
 *     +---no answer in time---> given up
 * </pre>
 *
 * <p>With no slot free the worker neither grabs nor sleeps, and the server wakes others.
 *
 * <p>Confined to the event loop of the connection, hence the plain fields.
 */
final class WorkerSession implements PacketListener, Disposable {

  static final Logger log = LoggerFactory.getLogger(GearmanWorker.class);

  private static final byte[] FLOW = "flow".getBytes(UTF_8);

  private final PacketConnection connection;
  private final Map<String, JobFunction> functions;
  private final Sinks.One<WorkerSession> working = Sinks.one();
  private final Sinks.Empty<Void> closed = Sinks.empty();
  private final Map<String, JobRun> running = new LinkedHashMap<>(); // by handle

  private int free; // slots that neither a grab nor a job holds
  private int grabs; // grabs without an answer
  private boolean asleep;
  private boolean negotiated; // the server has said whether it speaks flow
  private boolean flow;

  WorkerSession(PacketConnection connection, Map<String, JobFunction> functions, int slots) {
    this.connection = connection;
    this.functions = functions;
    this.free = slots;
  }

  /**
   * Introduces this worker to the server. Emits this session when it begins to grab, and fails if
   * the connection is lost before or the server is silent for too long.
   */
  Mono<WorkerSession> register(String clientId, Duration patience) {
    return working
        .asMono()
        .doOnSubscribe(awaited -> execute(() -> introduce(clientId)))
        .timeout(patience, Mono.error(() -> silentFor(patience)));
  }

  private void introduce(String clientId) {
    send(PacketType.OPTION_REQ, FLOW); // first, so that the first answer is its own
    if (!clientId.isEmpty()) {
      send(PacketType.SET_CLIENT_ID, clientId.getBytes(UTF_8));
    }
    functions.keySet().forEach(name -> send(PacketType.CAN_DO, name.getBytes(UTF_8)));
  }

  private ConnectionException silentFor(Duration patience) {
    return new ConnectionException(
        connection.server().toString(),
        Phase.UNANSWERED,
        "Server %s has not answered OPTION_REQ for %d ms"
            .formatted(connection.server(), patience.toMillis()),
        null);
  }

  /** Fails when the connection is gone. */
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

  // ---- what the server says

  @Override
  public void onPacket(Packet packet) {
    if (packet.magic() != Magic.RESPONSE) {
      throw new ProtocolException("Server " + connection.server() + " sent a request: " + packet);
    }
    switch (packet.type()) {
      case JOB_ASSIGN -> assigned(packet, "", "", packet.argument(2));
      case JOB_ASSIGN_UNIQ -> assigned(packet, utf8(packet.argument(2)), "", packet.argument(3));
      case JOB_ASSIGN_ALL ->
          assigned(packet, utf8(packet.argument(2)), utf8(packet.argument(3)), packet.argument(4));
      case NO_JOB -> refused();
      case NOOP -> woken();
      case OPTION_RES -> agreed(packet);
      case WORK_DEMAND -> withJob(packet, run -> demand(run, packet.text(1)));
      case WORK_CANCEL -> withJob(packet, JobRun::cancelled);
      case ERROR -> error(packet);
      default -> log.debug("Ignoring {} from {}", packet, connection.server());
    }
  }

  private void assigned(Packet packet, String unique, String reducer, byte[] workload) {
    if (grabs == 0) {
      throw new ProtocolException(
          "Server " + connection.server() + " assigned a job that was not asked for: " + packet);
    }
    grabs--;
    JobHandle handle = new JobHandle(connection.server().toString(), packet.text(0));
    Job job = new Job(handle, utf8(packet.argument(1)), unique, reducer, workload);
    JobFunction function = functions.get(job.function());
    JobRun run = new JobRun(this, packet.argument(0), job, flow);
    if (running.putIfAbsent(handle.id(), run) != null) {
      throw new ProtocolException(
          "Server " + connection.server() + " assigned a job twice: " + packet);
    }
    run.start(
        function == null
            ? unknown ->
                Mono.error(new IllegalArgumentException("Unknown function: " + job.function()))
            : function);
    grab(2); // where there is one job there may be many; with flow no slot is without a grab
  }

  private void agreed(Packet packet) {
    if (negotiated) {
      throw new ProtocolException(
          "Server " + connection.server() + " sent an answer that was not due: " + packet);
    }
    negotiated(true);
  }

  /** Grabs begin once it is known in which way the server answers them. */
  private void negotiated(boolean agreed) {
    negotiated = true;
    flow = agreed;
    grabAnew();
    working.tryEmitValue(this);
  }

  private void error(Packet packet) {
    if (packet.text(0).equals(NOT_ALLOWED)) {
      end(new ServerErrorException(connection.server().toString(), packet.text(0), packet.text(1)));
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
    JobRun run = flow ? running.get(packet.text(0)) : null;
    if (run != null) {
      action.accept(run);
    }
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

  private void refused() {
    if (grabs == 0) {
      throw new ProtocolException(
          "Server " + connection.server() + " refused a grab that was not sent");
    }
    grabs--;
    free++;
    if (grabs == 0) {
      asleep = true;
      send(PacketType.PRE_SLEEP);
    }
  }

  private void woken() {
    if (asleep) {
      asleep = false;
      grabAnew();
    }
  }

  /** A grab that is kept stands for one slot; one that is refused at once asks for all of them. */
  private void grabAnew() {
    grab(flow ? free : 1);
  }

  private void grab(int wanted) {
    for (int i = 0; i < wanted && free > 0 && !asleep; i++) {
      free--;
      grabs++;
      send(PacketType.GRAB_JOB_ALL);
    }
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
    lost.forEach(JobRun::connectionLost);
    String why = cause == null ? "it was closed" : String.valueOf(cause.getMessage());
    ConnectionException end =
        new ConnectionException(
            connection.server().toString(),
            Phase.ACCEPTED,
            "Lost the connection to " + connection.server() + ": " + why,
            cause);
    end(end);
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

  /** The job has ended and gives its slot back. */
  void ended(JobRun run) {
    if (running.remove(run.handle(), run)) {
      free++;
      grabAnew();
    }
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}

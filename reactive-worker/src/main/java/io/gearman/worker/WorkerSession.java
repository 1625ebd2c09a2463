// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobHandle;
import io.gearman.protocol.Magic;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.ProtocolException;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * <pre>
 *             JOB_ASSIGN: one more grab, and another in place of the answered one
 *             +------+
 *             v      |     last grab answered with NO_JOB: PRE_SLEEP
 *   register: AWAKE -+----------------------------------------------> ASLEEP
 *             ^                                                         |
 *             +---------------------------NOOP--------------------------+
 * </pre>
 *
 * <p>With no slot free the worker neither grabs nor sleeps, and the server wakes others.
 *
 * <p>Confined to the event loop of the connection, hence the plain fields.
 */
final class WorkerSession implements PacketListener, Disposable {

  static final Logger log = LoggerFactory.getLogger(GearmanWorker.class);

  private final PacketConnection connection;
  private final Map<String, JobFunction> functions;
  private final Sinks.Empty<Void> closed = Sinks.empty();
  private final Set<JobRun> running = new LinkedHashSet<>();

  private int free; // slots that neither a grab nor a job holds
  private int grabs; // grabs without an answer
  private boolean asleep;

  WorkerSession(PacketConnection connection, Map<String, JobFunction> functions, int slots) {
    this.connection = connection;
    this.functions = functions;
    this.free = slots;
  }

  /** Introduces this worker to the server and begins to grab. */
  WorkerSession register(String clientId) {
    connection.executor().execute(() -> introduce(clientId));
    return this;
  }

  private void introduce(String clientId) {
    if (!clientId.isEmpty()) {
      send(PacketType.SET_CLIENT_ID, clientId.getBytes(UTF_8));
    }
    functions.keySet().forEach(name -> send(PacketType.CAN_DO, name.getBytes(UTF_8)));
    grab(1);
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
      case JOB_ASSIGN -> assigned(packet, "", packet.argument(2));
      case JOB_ASSIGN_UNIQ -> assigned(packet, utf8(packet.argument(2)), packet.argument(3));
      case NO_JOB -> refused();
      case NOOP -> woken();
      case ERROR ->
          log.debug(
              "Server {}: {}", connection.server(), packet); // such as a result that came too late
      default -> log.debug("Ignoring {} from {}", packet, connection.server());
    }
  }

  private void assigned(Packet packet, String unique, byte[] workload) {
    if (grabs == 0) {
      throw new ProtocolException(
          "Server " + connection.server() + " assigned a job that was not asked for: " + packet);
    }
    grabs--;
    JobHandle handle = new JobHandle(connection.server().toString(), packet.text(0));
    Job job = new Job(handle, utf8(packet.argument(1)), unique, workload);
    JobFunction function = functions.get(job.function());
    JobRun run = new JobRun(this, packet.argument(0), job);
    running.add(run);
    run.start(
        function == null
            ? unknown ->
                Mono.error(new IllegalArgumentException("Unknown function: " + job.function()))
            : function);
    grab(2); // where there is one job there may be many
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
      grab(1);
    }
  }

  private void grab(int wanted) {
    for (int i = 0; i < wanted && free > 0 && !asleep; i++) {
      free--;
      grabs++;
      send(PacketType.GRAB_JOB_UNIQ);
    }
  }

  @Override
  public void onWritable() {
    List.copyOf(running).forEach(JobRun::pull);
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    List<JobRun> lost = List.copyOf(running);
    running.clear(); // before cancelling, which may end other jobs
    lost.forEach(JobRun::cancel);
    String why = cause == null ? "it was closed" : String.valueOf(cause.getMessage());
    closed.tryEmitError(
        new ConnectionException(
            connection.server().toString(),
            Phase.ACCEPTED,
            "Lost the connection to " + connection.server() + ": " + why,
            cause));
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
    if (running.remove(run)) {
      free++;
      grab(1);
    }
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.STATUS_RES;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.Priority;
import io.gearman.protocol.Magic;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All queues, jobs and peers of a job server, as a state machine: packets in, packets out.
 * Everything here is confined to one event loop, hence the plain fields and collections.
 *
 * <pre>
 *            submit              grab                COMPLETE, FAIL, EXCEPTION
 *   (none) ----------> QUEUED ----------> RUNNING ------------------------------> (none)
 *                       | ^                  |
 *                       | +------------------+ worker lost, CANT_DO
 *                       v
 *                     (none)  last listener gone, nobody asked for it in the background
 * </pre>
 *
 * <p>Rules are those of gearmand 2.0 where its versions differ: priority counts over all functions
 * of a worker, which are served in turn. A sleeping worker and a job that it could take never
 * coexist.
 */
final class Broker {

  /** Longest unique id; libgearman refuses longer ones itself. */
  static final int MAX_UNIQUE = 64;

  private static final Pattern DEMAND = Pattern.compile("[0-9]{1,10}");
  private static final byte[] ZERO = {'0'};
  private static final byte[] ONE = {'1'};

  private final Jobs jobs;
  private final Relay relay;
  private final Stall.Clock clock;
  private final List<Peer> touched = new ArrayList<>();
  private @Nullable Runnable idle; // to run when no job is left

  Broker(Handles handles, Stall.Clock clock) {
    this.clock = task -> clock.schedule(() -> runAndFlush(task));
    this.jobs = new Jobs(handles, this.clock);
    this.relay = new Relay(jobs);
  }

  Peer connect(Outlet outlet) {
    return new Peer(outlet, touched, clock);
  }

  /**
   * Works off what one read of a connection brought, and flushes every connection that this
   * concerned.
   */
  void receive(Peer peer, List<Object> batch) {
    for (Object message : batch) {
      if (message instanceof Packet packet) {
        receive(peer, packet);
      } else {
        peer.sendText(TextCommands.answer((String) message, this));
      }
    }
    flush();
    if (!peer.isWritable()) {
      peer.intake.pause();
    }
  }

  private void flush() {
    for (int i = 0; i < touched.size(); i++) { // it may grow meanwhile
      Peer peer = touched.get(i);
      peer.flush();
      if (peer.isWritable()) {
        release(peer); // what was over the mark was only waiting for this flush
      }
    }
    touched.clear();
    if (idle != null && jobs.isEmpty()) {
      Runnable task = idle;
      idle = null;
      task.run();
    }
  }

  /** Runs a task once no job is left, which may be at once. */
  void whenIdle(Runnable task) {
    idle = task;
    flush();
  }

  private void runAndFlush(Runnable task) {
    task.run();
    flush();
  }

  /** The connection takes data again after it had been over its high-water mark. */
  void writable(Peer peer) {
    release(peer);
    flush();
  }

  private void release(Peer peer) {
    peer.intake.resume();
    peer.stall.release();
    if (!peer.revisit.isEmpty()) {
      List<Attachment> waiting = List.copyOf(peer.revisit);
      peer.revisit.clear();
      for (Attachment attachment : waiting) {
        attachment.sendLateStatus();
        jobs.credits().grant(attachment.job);
      }
    }
  }

  /**
   * The connection is gone: its jobs go back into their queues, and what only it waited for is
   * given up.
   */
  void disconnect(Peer peer) {
    peer.stall.release();
    jobs.detachAll(peer);
    peer.awake();
    peer.withdrawGrabs();
    jobs.release(peer.owned);
    List.copyOf(peer.abilities()).forEach(peer::removeAbility);
    peer.intake.close();
    flush();
  }

  Collection<FunctionQueue> functions() {
    return jobs.functions();
  }

  private void receive(Peer peer, Packet packet) {
    if (packet.magic() != Magic.REQUEST) {
      peer.error("INVALID_MAGIC", "Request magic expected");
      return;
    }
    switch (packet.type()) {
      case SUBMIT_JOB -> submit(peer, packet, Priority.NORMAL, false);
      case SUBMIT_JOB_HIGH -> submit(peer, packet, Priority.HIGH, false);
      case SUBMIT_JOB_LOW -> submit(peer, packet, Priority.LOW, false);
      case SUBMIT_JOB_BG -> submit(peer, packet, Priority.NORMAL, true);
      case SUBMIT_JOB_HIGH_BG -> submit(peer, packet, Priority.HIGH, true);
      case SUBMIT_JOB_LOW_BG -> submit(peer, packet, Priority.LOW, true);
      case CAN_DO -> canDo(peer, packet);
      case CANT_DO -> cantDo(peer, packet);
      case RESET_ABILITIES -> resetAbilities(peer);
      case PRE_SLEEP -> preSleep(peer);
      case GRAB_JOB -> grab(peer, JOB_ASSIGN, false);
      case GRAB_JOB_UNIQ -> grab(peer, JOB_ASSIGN_UNIQ, false);
      case GRAB_JOB_ALL -> grab(peer, JOB_ASSIGN_UNIQ, peer.flow);
      case WORK_DATA, WORK_WARNING -> data(peer, packet);
      case WORK_STATUS -> progress(peer, packet);
      case WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION -> finish(peer, packet);
      case GET_STATUS -> status(peer, packet);
      case ECHO_REQ -> peer.send(PacketType.ECHO_RES, packet.argument(0));
      case OPTION_REQ -> option(peer, packet);
      case SET_CLIENT_ID -> peer.clientId = packet.text(0);
      case WORK_DEMAND, WORK_CANCEL, WORK_RESTARTED -> flow(peer, packet);
      default -> peer.error("INVALID_COMMAND", "Command not expected");
    }
  }

  // ---- clients

  private void submit(Peer peer, Packet packet, Priority priority, boolean background) {
    byte[] unique = packet.argument(1);
    if (unique.length > MAX_UNIQUE) {
      peer.error("ARGUMENT_TOO_LARGE", "Unique value too large");
      return;
    }
    Job job = jobs.submit(peer, packet, priority, background);
    peer.send(JOB_CREATED, jobs.handle(job));
  }

  private void status(Peer peer, Packet packet) {
    byte[] handle = packet.argument(0);
    Job job = jobs.find(handle);
    peer.send(
        STATUS_RES,
        job == null ? untilNul(handle) : jobs.handle(job),
        flag(job != null),
        flag(job != null && job.owner != null),
        number(job == null ? 0 : job.numerator),
        number(job == null ? 0 : job.denominator));
  }

  private static void option(Peer peer, Packet packet) {
    switch (new String(untilNul(packet.argument(0)), US_ASCII).toLowerCase(Locale.ROOT)) {
      case "exceptions" -> {
        peer.exceptions = true;
        peer.send(OPTION_RES, packet.argument(0));
      }
      case "flow" -> agreeOnFlow(peer, packet);
      default -> peer.error("UNKNOWN_OPTION", "Server does not recognize given option");
    }
  }

  /** What was sent before of a job that has not ended would be in no account. */
  private static void agreeOnFlow(Peer peer, Packet packet) {
    if (!peer.flow && !(peer.owned.isEmpty() && peer.attachments.isEmpty())) {
      peer.error("UNKNOWN_OPTION", "Flow is agreed on before the first job");
      return;
    }
    peer.flow = true;
    peer.send(OPTION_RES, packet.argument(0));
  }

  /**
   * What only peers that have agreed on the flow extension may send; to others these types are
   * unknown.
   */
  private void flow(Peer peer, Packet packet) {
    if (!peer.flow || packet.type() == WORK_RESTARTED) {
      peer.close();
      return;
    }
    Attachment attachment = jobs.find(peer, packet.argument(0));
    if (attachment == null) {
      return; // it may have crossed the end of the job on the wire
    }
    if (packet.type() == WORK_DEMAND) {
      demand(attachment, packet.text(1));
    } else if (--attachment.submissions == 0) {
      jobs.detach(attachment);
    }
  }

  private void demand(Attachment attachment, String count) {
    if (DEMAND.matcher(count).matches()) {
      long more = Long.parseLong(count);
      if (more >= 1 && more <= Integer.MAX_VALUE) {
        jobs.credits().allow(attachment, more);
      }
    }
  }

  // ---- workers

  private void canDo(Peer peer, Packet packet) {
    FunctionQueue function = jobs.function(packet.argument(0));
    peer.addAbility(function);
    jobs.dispatch(function);
  }

  private void cantDo(Peer peer, Packet packet) {
    FunctionQueue function = jobs.knownFunction(packet.argument(0));
    if (function != null && peer.removeAbility(function)) {
      jobs.release(peer.owned.stream().filter(job -> job.function == function).toList());
    }
  }

  private void resetAbilities(Peer peer) {
    List.copyOf(peer.abilities()).forEach(peer::removeAbility);
    jobs.release(peer.owned);
  }

  private static void preSleep(Peer peer) {
    for (int i = peer.withdrawGrabs(); i > 0; i--) {
      peer.send(NO_JOB);
    }
    if (peer.hasWork()) {
      peer.send(NOOP);
    } else {
      peer.sleep();
    }
  }

  /**
   * @param keep whether a grab that finds no job waits for one
   */
  private void grab(Peer peer, PacketType form, boolean keep) {
    peer.awake();
    Job job = peer.takeNext();
    if (job != null) {
      jobs.assign(peer, job, form);
    } else if (keep) {
      peer.keepGrab();
    } else {
      peer.send(NO_JOB);
    }
  }

  private void data(Peer peer, Packet packet) {
    Job job = ownedBy(peer, packet);
    if (job == null) {
      return;
    }
    relay.data(job, peer, packet.asResponse());
  }

  private void progress(Peer peer, Packet packet) {
    Job job = ownedBy(peer, packet);
    if (job == null) {
      return;
    }
    job.numerator = leadingNumber(packet.argument(1));
    job.denominator = leadingNumber(packet.argument(2));
    relay.status(job, packet.asResponse());
  }

  private void finish(Peer peer, Packet packet) {
    Job job = ownedBy(peer, packet);
    if (job == null) {
      return;
    }
    relay.end(job, packet.asResponse());
    jobs.end(job);
  }

  /** The running job that a WORK packet is about; if the worker does not hold it, it is told so. */
  private @Nullable Job ownedBy(Peer peer, Packet packet) {
    Job job = jobs.find(packet.argument(0));
    if (job != null && job.owner == peer) {
      return job;
    }
    peer.error(
        "JOB_NOT_FOUND",
        switch (packet.type()) {
          case WORK_DATA, WORK_WARNING -> "Job does not exist on server";
          case WORK_EXCEPTION -> "An exception was received for a job that does not exist";
          default -> "Job given in work result not found";
        });
    return null;
  }

  // ---- bytes

  private static byte[] untilNul(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return end == bytes.length ? bytes : Arrays.copyOf(bytes, end);
  }

  /**
   * The decimal digits that the bytes begin with; none is 0, and too many are cut to what still
   * counts exactly.
   */
  private static long leadingNumber(byte[] bytes) {
    long number = 0;
    for (int i = 0; i < Math.min(bytes.length, 18) && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
      number = 10 * number + bytes[i] - '0';
    }
    return number;
  }

  private static byte[] number(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  private static byte[] flag(boolean value) {
    return value ? ONE : ZERO;
  }
}

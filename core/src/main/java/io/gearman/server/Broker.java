// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.ServerErrorException.NOT_ALLOWED;

import io.gearman.Priority;
import io.gearman.protocol.Magic;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All queues, jobs and peers of a job server, as a state machine: packets in, packets out.
 * Everything here is confined to one event loop, hence the plain fields and collections.
 *
 * <pre>
 *            submit              grab                COMPLETE, FAIL, EXCEPTION
 *   (none) ----------> QUEUED ----------> RUNNING ------------------------------> (none)
 *      |                | ^  ^               |                                      ^
 *      | not due        | |  +---------------+ worker lost, CANT_DO, timeout        |
 *      +----> DELAYED --|-+ due              +---as often as the server allows------+
 *                       v
 *                     (none)  cancelled, or last listener gone and nobody asked for it in the background
 * </pre>
 *
 * <p>Rules are those of gearmand 2.0 where its versions differ: priority counts over all functions
 * of a worker, which are served in turn. A sleeping worker and a job that it could take never
 * coexist, unless the server is told to wake fewer.
 */
final class Broker {

  private final ServerSettings settings;
  private final BrokerClock clock;
  private final Stalls stalls;
  private final Functions functions;
  private final Jobs jobs;
  private final ClientRequests clients;
  private final WorkerRequests workers;
  private final TextCommands text;
  private final Snapshots snapshots;
  private final Set<Peer> peers = new LinkedHashSet<>();
  private final List<Peer> touched = new ArrayList<>();
  private long connected;
  private @Nullable Runnable idle; // to run when no job is left
  private boolean ended;
  private boolean flushing;

  Broker(ServerSettings settings, Handles handles, Clock clock, Lifecycle lifecycle) {
    this.clock = new BrokerClock(clock, this::runAndFlush);
    this.settings = settings;
    this.stalls = new Stalls(this.clock, settings.stallTimeout);
    this.functions = new Functions(settings.maxFunctions);
    this.jobs = new Jobs(settings, functions, handles, stalls);
    this.clients = new ClientRequests(jobs, functions);
    this.workers = new WorkerRequests(settings, jobs, functions);
    this.snapshots = new Snapshots(this.clock, functions, peers);
    this.text = new TextCommands(settings, jobs, functions, peers, lifecycle);
  }

  /** The state of things, with what only the server around knows. */
  ServerSnapshot snapshot(Instant started, boolean draining, Traffic traffic) {
    clock.tick();
    return new ServerSnapshot(
        Instant.ofEpochMilli(clock.millis()),
        started,
        draining,
        jobs.bytes(),
        peers.size(),
        traffic.bytesReceived(),
        traffic.bytesSent(),
        traffic.departed(),
        snapshots.functions(),
        snapshots.workers(),
        snapshots.standstills());
  }

  /** For a look at the state of things: the models of the tests compare it with theirs. */
  Collection<FunctionQueue> functions() {
    return functions.all();
  }

  /**
   * A connection has come.
   *
   * @param roles what it may be, as long as it lasts
   */
  Peer connect(Outlet outlet, Set<Role> roles) {
    clock.tick();
    Peer peer = new Peer(++connected, outlet, roles, functions.ready(), stalls, touched::add);
    peer.exceptions = settings.exceptions;
    peer.heard = clock.nanos();
    peers.add(peer);
    if (ended) {
      peer.finish();
    }
    return peer;
  }

  /**
   * Works off what one read of a connection brought, and flushes every connection that this
   * concerned. The packets are released.
   */
  void receive(Peer peer, List<Object> batch) {
    if (ended) {
      Inbox.releaseAll(batch);
      return; // what is not answered was not accepted
    }
    clock.tick();
    peer.heard = clock.nanos();
    peer.inbox.add(batch);
    workOff(peer);
    flush();
    if (!peer.isWritable()) {
      peer.intake.pause();
    }
  }

  private void workOff(Peer peer) {
    if (peer.inbox.begin()) {
      boolean done = false;
      try {
        done = answerAll(peer);
      } finally {
        peer.inbox.end();
      }
      if (!done) {
        peer.intake.pause();
      }
      if (peer.inputEnded) {
        seeOff(peer, done);
      }
    }
  }

  /** Nobody else may wait for what it has asked, and yet it may not take for ever. */
  private void seeOff(Peer peer, boolean done) {
    if (done) {
      peer.inputEnded = false;
      disconnect(peer);
      peer.finish();
    } else {
      peer.stall.begin();
    }
  }

  /**
   * A few bytes of text can ask for a long answer: lines wait until what was asked before has left.
   * False if that is so.
   */
  private boolean answerAll(Peer peer) {
    while (sendAnswer(peer)) {
      Object message = peer.inbox.peek();
      if (message == null) {
        return true;
      }
      if (message instanceof String && !hasRoom(peer)) {
        return false;
      }
      peer.inbox.advance();
      hear(peer, message);
    }
    return false;
  }

  /** The connection will ask no more; when everything is answered it goes. */
  void inputEnded(Peer peer) {
    clock.tick();
    peer.inputEnded = true;
    workOff(peer);
    flush();
  }

  /** Sends on a long answer as far as the connection takes it; true when all is sent. */
  private static boolean sendAnswer(Peer peer) {
    Iterator<String> answer = peer.inbox.answer();
    while (answer.hasNext()) {
      if (!hasRoom(peer)) {
        return false;
      }
      peer.sendText(answer.next());
    }
    return true;
  }

  private static boolean hasRoom(Peer peer) {
    if (!peer.isWritable()) {
      peer.flush();
    }
    return peer.isWritable();
  }

  private void hear(Peer peer, Object message) {
    try {
      receive(peer, message);
    } catch (Throwable e) {
      peer.giveUp(e);
    } finally {
      Inbox.release(message);
    }
  }

  private void receive(Peer peer, Object message) {
    if (message instanceof Packet packet) {
      receive(peer, packet);
    } else if (peer.is(Role.ADMIN)) {
      text.receive(peer, (String) message);
    } else {
      peer.sendText("ERR " + NOT_ALLOWED + " Text+commands+need+the+role+" + Role.ADMIN + "\r\n");
    }
  }

  /**
   * A flush can have its connection say at once that it takes data again, and that leads here: who
   * is touched on the way is seen to by the flush that goes on.
   */
  private void flush() {
    if (flushing) {
      return;
    }
    flushing = true;
    int seenTo = 0;
    try {
      while (seenTo < touched.size()) { // it may grow meanwhile
        flush(touched.get(seenTo++));
      }
    } finally {
      touched.subList(0, seenTo).clear();
      flushing = false;
    }
    if (idle != null && jobs.isEmpty()) {
      Runnable task = idle;
      idle = null;
      task.run();
    }
  }

  private void flush(Peer peer) {
    try {
      peer.flush();
      if (peer.isWritable()) {
        release(peer); // what was over the mark was only waiting for this flush
      }
    } catch (Throwable e) {
      peer.giveUp(e);
    }
  }

  private void runAndFlush(Runnable task) {
    try {
      task.run();
    } finally {
      flush();
    }
  }

  /** Hears nobody any more, and closes each connection when it has taken its answers. */
  void end() {
    ended = true;
    for (Peer peer : List.copyOf(peers)) {
      try {
        peer.finish();
      } catch (Throwable e) {
        peer.giveUp(e);
      }
    }
  }

  /** Hears nobody any more, and closes each connection as it is. */
  void closeAll() {
    ended = true;
    List.copyOf(peers).forEach(peer -> peer.close(Departure.CLOSED));
  }

  /** Runs a task once no job is left, which may be at once. */
  void whenIdle(Runnable task) {
    idle = task;
    flush();
  }

  /** The connection takes data again after it had been over its high-water mark. */
  void writable(Peer peer) {
    clock.tick();
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
    workOff(peer);
  }

  /**
   * The connection is gone: what it had asked still counts, its jobs go back into their queues, and
   * what only it waited for is given up.
   */
  void disconnect(Peer peer) {
    clock.tick();
    for (Object left = peer.inbox.peek(); left != null; left = peer.inbox.peek()) {
      peer.inbox.advance();
      hear(peer, left);
    }
    peers.remove(peer);
    peer.stall.release();
    jobs.detachAll(peer);
    workers.leave(peer);
    peer.intake.close();
    flush();
  }

  /**
   * A client sees which of its requests is refused, and goes on. A worker has nothing to do here:
   * many would take the error for that of another answer and ask again at once, for ever, or wait
   * for a job.
   */
  private static void refuse(Peer peer, PacketType type, Role needed) {
    peer.error(NOT_ALLOWED, type + " needs the role " + needed);
    if (needed == Role.WORKER) {
      peer.finish();
    }
  }

  private void receive(Peer peer, Packet packet) {
    if (packet.magic() != Magic.REQUEST) {
      peer.error("INVALID_MAGIC", "Request magic expected");
      return;
    }
    Role needed = Permissions.needed(packet.type());
    if (needed != null && !peer.is(needed)) {
      refuse(peer, packet.type(), needed);
      return;
    }
    switch (packet.type()) {
      case SUBMIT_JOB -> clients.submit(peer, packet, Priority.NORMAL);
      case SUBMIT_JOB_HIGH -> clients.submit(peer, packet, Priority.HIGH);
      case SUBMIT_JOB_LOW -> clients.submit(peer, packet, Priority.LOW);
      case SUBMIT_JOB_BG -> clients.enqueue(peer, packet, Priority.NORMAL);
      case SUBMIT_JOB_HIGH_BG -> clients.enqueue(peer, packet, Priority.HIGH);
      case SUBMIT_JOB_LOW_BG -> clients.enqueue(peer, packet, Priority.LOW);
      case SUBMIT_JOB_EPOCH -> clients.schedule(peer, packet);
      case SUBMIT_REDUCE_JOB -> clients.submitReduce(peer, packet, false);
      case SUBMIT_REDUCE_JOB_BACKGROUND -> clients.submitReduce(peer, packet, true);
      case GET_STATUS -> clients.status(peer, packet);
      case GET_STATUS_UNIQUE -> clients.statusByUniqueId(peer, packet);
      case OPTION_REQ -> clients.option(peer, packet);
      case SET_CLIENT_ID -> peer.clientId(packet.argument(0));
      case ECHO_REQ -> peer.send(PacketType.ECHO_RES, packet.argument(0));
      case CAN_DO -> workers.canDo(peer, packet);
      case CAN_DO_TIMEOUT -> workers.canDoWithTimeout(peer, packet);
      case CANT_DO -> workers.cantDo(peer, packet);
      case RESET_ABILITIES -> workers.resetAbilities(peer);
      case PRE_SLEEP -> workers.preSleep(peer);
      case GRAB_JOB, GRAB_JOB_UNIQ, GRAB_JOB_ALL -> workers.grab(peer, packet.type());
      case WORK_DATA, WORK_WARNING -> workers.data(peer, packet);
      case WORK_STATUS -> workers.progress(peer, packet);
      case WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION -> workers.finish(peer, packet);
      case WORK_DEMAND, WORK_CANCEL, WORK_RESTARTED -> clients.flow(peer, packet);
      default -> peer.error("INVALID_COMMAND", "Command not expected");
    }
  }
}

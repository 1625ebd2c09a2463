// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.NO_JOB;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What workers ask for and answer. */
final class WorkerRequests {

  private static final Logger log = LoggerFactory.getLogger(JobServer.class);
  private static final long MIN_TIMEOUT_MILLIS = 1_000; // gearmand's own
  private static final long MAX_TIMEOUT_MILLIS = Duration.ofDays(1_000).toMillis();

  private final long maxAbilities;
  private final Jobs jobs;
  private final Functions functions;
  private final Rarely noRoom = new Rarely();
  private long abilities; // of all workers

  WorkerRequests(ServerSettings settings, Jobs jobs, Functions functions) {
    this.maxAbilities = settings.maxAbilities;
    this.jobs = jobs;
    this.functions = functions;
  }

  // ---- what they can do

  void canDo(Peer peer, Packet packet) {
    canDo(peer, packet.argument(0), null);
  }

  void canDoWithTimeout(Peer peer, Packet packet) {
    canDo(peer, packet.argument(0), timeout(packet.argument(1)));
  }

  /** No bound if it is 0, negative or no number, or years ahead. */
  private static @Nullable Duration timeout(byte[] argument) {
    long millis = Numbers.leading(argument).orElse(Long.MAX_VALUE);
    return millis == 0 || millis > MAX_TIMEOUT_MILLIS
        ? null
        : Duration.ofMillis(Math.max(millis, MIN_TIMEOUT_MILLIS));
  }

  private void canDo(Peer peer, byte[] name, @Nullable Duration timeout) {
    FunctionQueue function = functions.obtain(name);
    boolean added = function != null && !peer.abilities.include(function);
    if (function == null || (added && abilities == maxAbilities)) {
      noRoom.happened(untold -> sayNoRoom(peer, untold));
      peer.close(Departure.REFUSED);
      return;
    }
    abilities += added ? 1 : 0;
    peer.abilities.add(function, timeout);
    functions.settle(function);
    jobs.dispatch(function);
  }

  private static void sayNoRoom(Peer peer, long untold) {
    log.warn(
        "Closed the connection of worker {}: no room for more functions; {} more were closed since"
            + " this was last said",
        peer.address(),
        untold);
  }

  void cantDo(Peer peer, Packet packet) {
    FunctionQueue function = functions.find(packet.argument(0));
    if (function != null && peer.abilities.remove(function)) {
      abilities--;
      jobs.release(peer.owned.toList().stream().filter(job -> job.function == function).toList());
      leave(peer, function);
    }
  }

  void resetAbilities(Peer peer) {
    List<FunctionQueue> left = peer.abilities.removeAll();
    abilities -= left.size();
    jobs.release(peer.owned.toList());
    left.forEach(function -> leave(peer, function));
  }

  /** The worker that was woken for a job did not come for it: another is woken. */
  private void leave(Peer peer, FunctionQueue function) {
    functions.settle(function);
    if (peer.abilities.isWoken()) {
      jobs.dispatch(function);
    }
  }

  /** The connection is gone. */
  void leave(Peer peer) {
    peer.abilities.withdrawGrabs();
    resetAbilities(peer);
  }

  // ---- taking jobs

  void preSleep(Peer peer) {
    for (int i = peer.abilities.withdrawGrabs(); i > 0; i--) {
      peer.send(NO_JOB);
    }
    if (peer.abilities.hasWork()) {
      peer.abilities.wakeAtOnce();
    } else {
      peer.abilities.sleep();
    }
  }

  /** With flow, a GRAB_JOB_ALL that finds no job waits for one. */
  void grab(Peer peer, PacketType form) {
    peer.abilities.awake();
    Job job = peer.abilities.takeNext();
    if (job != null) {
      jobs.assign(peer, job, form);
    } else if (form != GRAB_JOB_ALL || !peer.flow || !peer.abilities.keepGrab()) {
      peer.send(NO_JOB);
    }
  }

  // ---- running them

  void data(Peer peer, Packet packet) {
    Job job = ownedBy(peer, packet);
    if (job != null) {
      jobs.relay().data(job, peer, packet.asResponse());
    }
  }

  void progress(Peer peer, Packet packet) {
    Job job = ownedBy(peer, packet);
    if (job != null && job.run != null) {
      job.run.numerator = Numbers.leading(packet.argument(1)).orElse(Long.MAX_VALUE);
      job.run.denominator = Numbers.leading(packet.argument(2)).orElse(Long.MAX_VALUE);
      jobs.relay().status(job, packet.asResponse());
    }
  }

  void finish(Peer peer, Packet packet) {
    Job job = ownedBy(peer, packet);
    if (job != null) {
      Outcome outcome = job.isAbandoned() ? Outcome.CANCELLED : outcome(packet.type());
      try {
        jobs.relay().end(job, packet.asResponse());
      } finally {
        jobs.end(job, outcome); // it was brought to its end, whoever could be told
      }
    }
  }

  private static Outcome outcome(PacketType type) {
    return switch (type) {
      case WORK_COMPLETE -> Outcome.COMPLETED;
      case WORK_EXCEPTION -> Outcome.EXCEPTION;
      default -> Outcome.FAILED;
    };
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
}

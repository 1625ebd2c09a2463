// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.server.RecordingOutlet.response;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a job server must do, by the specification and by what its peers said and heard. It does not
 * foresee who gets which job, when a worker is granted how much, and when exactly a listener is
 * given up; of these it knows the bounds.
 */
final class FlowModel {

  /** The stall bound, in steps of time. */
  static final int BOUND = 2;

  static final long NEVER = Long.MAX_VALUE / 2;

  final Set<FlowPeer> peers = new LinkedHashSet<>();
  private final List<FlowJob> jobs = new ArrayList<>(); // live, the newest first
  private final List<String> handles = new ArrayList<>(); // all there ever were, the newest first
  private long now;
  private boolean timePasses;
  private @Nullable FlowJob submitted; // the job of a submission that is not answered yet

  /** What is wrong is said in several words, of which few have to be put together. */
  static void require(boolean condition, @Nullable Object... otherwise) {
    if (!condition) {
      throw new AssertionError(
          Arrays.stream(otherwise).map(String::valueOf).collect(Collectors.joining(" ")));
    }
  }

  long now() {
    return now;
  }

  List<FlowJob> jobs() {
    return jobs;
  }

  List<String> handles() {
    return handles;
  }

  List<FlowJob> running() {
    return jobs.stream().filter(job -> job.owner != null).toList();
  }

  List<FlowListener> listenersWithFlow() {
    return jobs.stream()
        .flatMap(job -> job.listeners.stream())
        .filter(listener -> listener.peer.flow)
        .toList();
  }

  @Nullable FlowJob find(String handle) {
    for (FlowJob job : jobs) {
      if (job.live && job.isCalled(handle)) {
        return job;
      }
    }
    return null;
  }

  /** What waits and could be done by this worker. */
  private Stream<FlowJob> work(FlowPeer worker) {
    return jobs.stream()
        .filter(job -> job.live && job.owner == null && worker.functions.contains(job.function));
  }

  // ---- what peers do

  void submits(FlowPeer client, FlowStep.Submits step) {
    FlowJob job = jobFor(step);
    if (step.type().name().endsWith("_BG")) {
      job.goesToTheBackground();
    } else {
      job.join(client);
    }
    submitted = job;
  }

  private FlowJob jobFor(FlowStep.Submits step) {
    FlowJob fresh = new FlowJob(step);
    for (FlowJob job : jobs) {
      if (fresh.joins(job)) {
        return job;
      }
    }
    jobs.add(0, fresh);
    return fresh;
  }

  void asks(FlowListener listener, Packet packet) {
    if (packet.type() == WORK_CANCEL) {
      listener.cancelsOne();
    } else if (packet.text(1).matches("[1-9][0-9]*") && packet.text(1).length() <= 18) {
      long more = Long.parseLong(packet.text(1));
      listener.allows(more <= Integer.MAX_VALUE ? more : 0);
    }
  }

  void grabs(FlowPeer worker, PacketType type) {
    worker.sleeping = false;
    if (work(worker).findAny().isPresent()) {
      worker.grab = type;
    } else if (type == GRAB_JOB_ALL && worker.flow) {
      worker.keptGrabs++;
    } else {
      worker.refusals++;
    }
  }

  void releases(FlowPeer worker, Predicate<FlowJob> which) {
    jobs.stream().filter(job -> job.owner == worker && which.test(job)).forEach(FlowJob::release);
  }

  void clears(FlowPeer peer) {
    peer.takesDataAgain();
    jobs.stream()
        .flatMap(job -> job.listeners.stream())
        .filter(listener -> listener.peer == peer)
        .forEach(FlowListener::hearsLateStatus);
  }

  void leaves(FlowPeer peer) {
    peers.remove(peer);
    peer.gone = true;
    for (FlowJob job : jobs) {
      FlowListener listener = job.listener(peer);
      if (listener != null) {
        job.leave(listener);
      }
    }
    releases(peer, job -> true);
    peers.forEach(other -> other.feeders.remove(peer));
  }

  void timePasses() {
    now++;
    timePasses = true;
  }

  // ---- what peers hear

  void hears(FlowPeer peer, Packet packet) {
    switch (packet.type()) {
      case JOB_CREATED -> created(peer, packet.text(0));
      case JOB_ASSIGN, JOB_ASSIGN_UNIQ -> assigned(peer, packet);
      case NO_JOB -> require(--peer.refusals >= 0, "A grab of", peer, "is refused for no reason");
      case NOOP -> peer.wakes();
      case ERROR -> require(--peer.errors >= 0, peer, "hears", packet, "for no reason");
      case OPTION_RES -> peer.options--;
      case WORK_DEMAND -> held(peer, packet).grant(Long.parseLong(packet.text(1)));
      case WORK_CANCEL -> held(peer, packet).cancelArrives();
      default -> happened(peer, packet);
    }
  }

  private void created(FlowPeer client, String handle) {
    FlowJob job = submitted;
    if (job == null) {
      throw new AssertionError(client + " hears of a job that it has not submitted");
    }
    call(job, handle);
    submitted = null;
  }

  private void call(FlowJob job, String handle) {
    if (!job.isCalled(handle)) {
      require(!handles.contains(handle), "A new job gets the handle of another:", handle);
      job.call(handle);
      handles.add(0, handle);
    }
  }

  private void assigned(FlowPeer worker, Packet packet) {
    FlowJob job = find(packet.text(0));
    if (job == null && submitted != null) { // a worker may have it before its client hears of it
      job = submitted;
      call(job, packet.text(0));
    }
    if (job == null) {
      throw new AssertionError(worker + " gets a job that does not exist: " + packet);
    }
    boolean plain = packet.type() == JOB_ASSIGN;
    require(plain == (worker.grab == GRAB_JOB), worker, "has not asked for this form:", packet);
    require(
        packet.equals(
            plain
                ? response(packet.type(), job.handle(), job.function, job.workload)
                : response(packet.type(), job.handle(), job.function, job.unique, job.workload)),
        job,
        "arrives as",
        packet);
    assign(worker, job);
  }

  private void assign(FlowPeer worker, FlowJob job) {
    require(worker.functions.contains(job.function), worker, "cannot do", job);
    if (worker.grab == null) {
      require(--worker.keptGrabs >= 0, worker, "gets", job, "without a grab");
    } else {
      require(
          work(worker).noneMatch(other -> other.priority.compareTo(job.priority) < 0),
          worker,
          "gets",
          job,
          "before one of higher priority");
      worker.grab = null;
    }
    job.start(worker);
  }

  private FlowJob held(FlowPeer worker, Packet packet) {
    FlowJob job = find(packet.text(0));
    if (job == null || job.owner != worker) {
      throw new AssertionError(worker + " hears " + packet + " of a job that it does not hold");
    }
    return job;
  }

  private void happened(FlowPeer peer, Packet event) {
    String handle = event.text(0);
    FlowJob job = find(handle);
    FlowListener listener = job == null ? null : job.listener(peer);
    if (timePasses && listener != null && peer.flow && !peer.expects(handle)) {
      require(listener.mayBeGivenUp(now), peer, "is detached for no reason");
      listener.isGivenUp();
    }
    peer.happened(handle, event);
  }

  /** Whether there is reason to close this connection. */
  boolean mayBeClosed(FlowPeer peer) {
    return timePasses
        && (peer.isFedForTooLong(now)
            || (!peer.flow
                && jobs.stream()
                    .flatMap(job -> job.listeners.stream())
                    .anyMatch(listener -> listener.peer == peer && listener.mayBeGivenUp(now))));
  }

  // ---- what must hold after each step

  void heardAll() {
    jobs.removeIf(job -> !job.live);
  }

  void settle() {
    require(submitted == null, "A submission is not answered");
    jobs.forEach(job -> job.settle(now));
    for (FlowPeer peer : peers) {
      peer.settle(now, isHeld(peer));
      boolean waits = peer.sleeping || peer.keptGrabs > 0;
      require(!waits || work(peer).findAny().isEmpty(), peer, "waits, and so does a job");
      require(!timePasses || !peer.isFedForTooLong(now), peer, "is waited for too long");
    }
    if (timePasses) {
      jobs.forEach(job -> job.requirePatience(now));
    }
    timePasses = false;
  }

  private boolean isHeld(FlowPeer peer) {
    return peer.unreadAnswers
        || jobs.stream().anyMatch(job -> job.holdsUp(peer))
        || peers.stream().anyMatch(other -> other.feeders.contains(peer));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static io.gearman.protocol.PacketType.WORK_WARNING;
import static io.gearman.server.FlowModel.require;
import static io.gearman.server.RecordingOutlet.response;

import io.gearman.Priority;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One job of the model: who waits for it, who runs it, and how much data is under way. */
final class FlowJob {

  final String function;
  final String unique;
  final String workload;
  final Priority priority;
  final List<FlowListener> listeners = new ArrayList<>();

  boolean live = true;
  @Nullable FlowPeer owner;
  private @Nullable String handle;
  boolean background;
  boolean cancelled;
  private boolean cancelToCome;

  // Of this run.
  long credit; // granted and not yet sent
  private boolean granted; // since the last step
  private boolean dataSent;

  FlowJob(FlowStep.Submits submission) {
    function = submission.function();
    unique = submission.unique();
    workload = submission.workload();
    String type = submission.type().name();
    priority =
        type.contains("HIGH")
            ? Priority.HIGH
            : type.contains("LOW") ? Priority.LOW : Priority.NORMAL;
  }

  void call(String name) {
    require(handle == null, "A submission that joins", handle, "becomes", name);
    handle = name;
  }

  boolean isCalled(String name) {
    return name.equals(handle);
  }

  String handle() {
    if (handle == null) {
      throw new AssertionError("A job of " + function + " has no handle yet");
    }
    return handle;
  }

  FlowPeer worker() {
    if (owner == null) {
      throw new AssertionError(this + " does not run");
    }
    return owner;
  }

  @Nullable FlowListener listener(FlowPeer peer) {
    for (FlowListener listener : listeners) {
      if (listener.peer == peer) {
        return listener;
      }
    }
    return null;
  }

  private boolean isWanted() {
    return background || !listeners.isEmpty();
  }

  // ---- what listeners do

  /** Whether a submission, of which this would be the job, joins that one instead. */
  boolean joins(FlowJob other) {
    return other.live
        && !other.cancelled
        && function.equals(other.function)
        && !key().isEmpty()
        && key().equals(other.key());
  }

  private String key() {
    return unique.equals("-") ? workload : unique;
  }

  void join(FlowPeer peer) {
    FlowListener listener = listener(peer);
    if (listener == null) {
      listener = new FlowListener(this, peer, credit);
      listeners.add(listener);
    }
    listener.submissions++;
  }

  void goesToTheBackground() {
    background = true;
    listeners.forEach(FlowListener::isNotWaitedFor);
  }

  void leave(FlowListener listener) {
    listeners.remove(listener);
    if (!isWanted()) {
      live = owner != null;
      cancelled = owner != null && owner.flow;
      cancelToCome = cancelled;
    }
  }

  // ---- what workers do and hear

  void start(FlowPeer worker) {
    require(live && owner == null, worker, "gets", this, "which does not wait");
    owner = worker;
    credit = 1;
    dataSent = false;
    listeners.forEach(listener -> listener.borrowed = credit);
  }

  void grant(long more) {
    require(!cancelled, owner, "is granted data of", this, "which nobody wants");
    require(dataSent, owner, "is granted data of", this, "which may be a mere result");
    credit += more;
    granted = true;
  }

  void cancelArrives() {
    require(cancelToCome, owner, "is told that nobody wants", this, "for no reason");
    cancelToCome = false;
  }

  private static boolean takesDemand(PacketType type) {
    return type == WORK_DATA || type == WORK_WARNING;
  }

  boolean maySend(PacketType type) {
    return !takesDemand(type) || !worker().flow || credit > 0;
  }

  /** The worker tells of something. */
  void happens(Packet event) {
    switch (event.type()) {
      case WORK_DATA, WORK_WARNING -> data(event);
      case WORK_STATUS -> listeners.forEach(listener -> listener.hearsStatus(event));
      default -> {
        listeners.forEach(listener -> listener.hearsEnd(event));
        listeners.forEach(listener -> listener.holdsUp(worker()));
        live = false;
      }
    }
  }

  private void data(Packet event) {
    boolean first = !dataSent;
    dataSent = true;
    credit--;
    List.copyOf(listeners).forEach(listener -> listener.hearsData(event, first));
  }

  /** The worker does not run this job any more. */
  void release() {
    live = isWanted();
    for (FlowListener listener : listeners) {
      if (dataSent && listener.peer.flow) {
        listener.hears(response(WORK_RESTARTED, handle()));
      }
      listener.borrowed = 0;
      listener.isNotWaitedFor();
    }
    owner = null;
    credit = 0;
  }

  // ---- what must hold after each step

  void settle(long now) {
    require(!cancelToCome, owner, "is not told that nobody wants", this);
    if (owner != null && owner.flow && !cancelled) {
      long most = least(FlowListener::mostUnderWay, Credits.WINDOW);
      require(!granted || credit <= most, credit, "of", this, "granted, but only", most, "allowed");
      long enough = dataSent ? least(FlowListener::fewestUnderWay, 1) : 1;
      require(credit >= enough, "Only", credit, "of", this, "granted, but", enough, "allowed");
    }
    granted = false;
    listeners.forEach(listener -> listener.settle(now));
  }

  private long least(ToLongFunction<FlowListener> underWay, long ifNobodyGoverns) {
    return listeners.stream()
        .filter(FlowListener::governs)
        .mapToLong(underWay)
        .min()
        .orElse(ifNobodyGoverns);
  }

  /** Whether this worker is not read for the sake of a listener. */
  boolean holdsUp(FlowPeer worker) {
    return owner == worker && listeners.stream().anyMatch(listener -> listener.holdsUpWorker);
  }

  void requirePatience(long now) {
    listeners.forEach(
        listener -> require(!listener.mustBeGivenUp(now), listener.peer, "is waited for too long"));
  }

  @Override
  public String toString() {
    return handle == null ? "a new job" : handle;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.server.FlowModel.require;
import static io.gearman.server.RecordingOutlet.response;

import io.gearman.protocol.Packet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A connection of the model that waits for a job: what it allowed, what it must hear. */
final class FlowListener {

  private static final String WAITED_FOR =
      "Detached: others waited too long for this listener to take data";
  private static final String FELL_BEHIND =
      "Detached: the job runs in the background and sent more than this listener had allowed";
  private static final String UNASKED =
      "Detached: the job began anew again and again, and this listener has not allowed data of 16"
          + " runs";
  private static final int MAX_UNASKED = 16;
  private static final long MUCH = 1_000_000;

  final FlowJob job;
  final FlowPeer peer;
  int submissions;
  private long rest; // allowed and not yet received
  private boolean hasDemanded;
  private int unasked; // runs of which it got data without having allowed any
  long borrowed; // granted before this listener came
  private @Nullable Packet lateStatus;
  boolean holdsUpWorker; // one without flow
  private long waitedForSince = FlowModel.NEVER;
  private long surelyWaitedForSince = FlowModel.NEVER;

  FlowListener(FlowJob job, FlowPeer peer, long borrowed) {
    this.job = job;
    this.peer = peer;
    this.borrowed = borrowed;
    this.rest = job.unique.isEmpty() ? 1 : 0;
  }

  // ---- what it does

  void allows(long more) {
    rest += more;
    hasDemanded |= more > 0;
    unasked = rest > 0 ? 0 : unasked;
    holdsUpWorker &= rest <= 0;
  }

  void cancelsOne() {
    if (--submissions == 0) {
      job.leave(this);
    }
  }

  // ---- what it hears

  void hears(Packet event) {
    hearsLateStatus();
    int copies = peer.flow ? 1 : submissions;
    for (int i = 0; i < copies; i++) {
      peer.expect(job.handle(), event);
    }
  }

  void hearsStatus(Packet status) {
    lateStatus = status;
    if (peer.writable) {
      hearsLateStatus();
    }
  }

  void hearsLateStatus() {
    Packet status = lateStatus;
    lateStatus = null;
    if (status != null) {
      hears(status);
    }
  }

  void hearsEnd(Packet end) {
    hears(
        end.type() == WORK_EXCEPTION && !peer.seat.exceptions
            ? response(WORK_FAIL, job.handle())
            : end);
  }

  /** Even what takes no demand must be taken some time. */
  void holdsUp(FlowPeer worker) {
    if (!peer.writable) {
      peer.feeders.add(worker);
    }
  }

  void hearsData(Packet data, boolean first) {
    if (!peer.flow) {
      hears(data);
      isFedBy(job.worker());
    } else if (!job.background && first && rest <= 0 && ++unasked > MAX_UNASKED) {
      isGivenUp(UNASKED);
    } else if (!job.background) {
      takesDemand(job.worker(), first);
      hears(data);
    } else if (rest > 0) {
      rest--;
      hears(data);
    } else if (hasDemanded) {
      isGivenUp(FELL_BEHIND);
    }
  }

  private void isFedBy(FlowPeer worker) {
    if (!worker.flow) {
      holdsUp(worker);
    }
  }

  private void takesDemand(FlowPeer worker, boolean first) {
    rest--;
    borrowed--;
    require(!worker.flow || rest >= 0 || borrowed >= 0, peer, "gets more than it allowed of", job);
    holdsUpWorker = !worker.flow && rest < (first ? 0 : 1);
  }

  void isGivenUp() {
    isGivenUp(WAITED_FOR);
  }

  private void isGivenUp(String reason) {
    hearsEnd(response(WORK_EXCEPTION, job.handle(), reason));
    job.leave(this);
  }

  // ---- how long others wait for it

  boolean governs() {
    return !job.background || !peer.flow;
  }

  private boolean lags() {
    return peer.flow ? rest <= 0 : !peer.writable;
  }

  long mostUnderWay() {
    return peer.flow ? rest : peer.writable ? Credits.WINDOW : 0;
  }

  long fewestUnderWay() {
    return peer.flow
        ? Math.min(rest, MUCH) // one packet cannot grant all that several allowed
        : peer.writable ? 1 : 0;
  }

  private boolean isWaitedFor(Predicate<FlowListener> waits) {
    if (job.owner == null || job.cancelled || !job.owner.flow) {
      return holdsUpWorker;
    }
    boolean someWait =
        job.background
            || job.listeners.stream().anyMatch(other -> other != this && waits.test(other));
    return job.credit <= 0 && someWait && lags() && governs();
  }

  void isNotWaitedFor() {
    holdsUpWorker = false;
    waitedForSince = FlowModel.NEVER;
    surelyWaitedForSince = FlowModel.NEVER;
  }

  /** Nobody tells the server when a plain connection clogs; hence there are two answers. */
  void settle(long now) {
    boolean maybe = isWaitedFor(other -> !other.peer.flow || !other.lags());
    boolean surely = isWaitedFor(other -> !other.lags());
    waitedForSince = maybe ? Math.min(waitedForSince, now) : FlowModel.NEVER;
    surelyWaitedForSince = surely ? Math.min(surelyWaitedForSince, now) : FlowModel.NEVER;
  }

  boolean mayBeGivenUp(long now) {
    return now - waitedForSince >= FlowModel.BOUND;
  }

  boolean mustBeGivenUp(long now) {
    return now - surelyWaitedForSince >= (peer.flow ? FlowModel.BOUND : 2 * FlowModel.BOUND);
  }
}

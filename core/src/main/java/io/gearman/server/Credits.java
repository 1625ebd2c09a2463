// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.protocol.Packet;
import java.util.function.Consumer;

/**
 * The account of the flow extension: how much data each listener has allowed, and how much of it
 * was granted to the worker. Worker and clients only add to it; since it is kept here alone,
 * nothing that one of them forgets can leave the other waiting.
 *
 * <p>A run begins with credit for one piece of data, and gets more once that has come: most jobs
 * have nothing but a result, which takes none. From then on a job is granted what its slowest
 * listener has allowed. Where nobody governs it, in the background and before listeners without
 * flow, it runs under credit of the server's own, which stops while such a listener takes nothing.
 */
final class Credits {

  /** Credit of the server's own. */
  static final int WINDOW = 64;

  private final Handles handles;
  private final Stalls stalls;
  private final Consumer<Attachment> giveUp;

  /**
   * @param giveUp ends the attachment of a listener that others have waited for too long
   */
  Credits(Handles handles, Stalls stalls, Consumer<Attachment> giveUp) {
    this.handles = handles;
    this.stalls = stalls;
    this.giveUp = giveUp;
  }

  /** A listener allows more. */
  void allow(Attachment listener, long more) {
    listener.hasDemanded = true;
    listener.allowance += more;
    if (listener.allowance > 0) {
      listener.unasked = 0;
      listener.endStall();
    }
    grant(listener.job);
  }

  /** The worker has sent one piece of data, which its listeners have got. */
  void spend(Job job) {
    Run run = job.run;
    if (run == null) {
      return; // it was ended on the way
    }
    run.dataSent = true;
    run.credit--;
    if (run.credit <= WINDOW / 2) {
      grant(job);
    }
  }

  /** Grants the worker what is open, and watches over listeners that others wait for. */
  void grant(Job job) {
    Peer worker = job.owner;
    Run run = job.run;
    if (worker == null || run == null || !worker.flow || job.isAbandoned()) {
      return;
    }
    long open = open(job);
    if (run.dataSent && open > run.credit) {
      long more = Math.min(open - run.credit, Integer.MAX_VALUE);
      run.credit += more;
      worker.send(
          Packet.response(
              WORK_DEMAND, handles.toBytes(job.number), Long.toString(more).getBytes(US_ASCII)));
    }
    watch(job, run);
  }

  /** Whether a worker with flow waits for this listener. */
  private static boolean governs(Attachment listener) {
    return !listener.peer.flow || !listener.job.background;
  }

  /** How much may be under way to the listeners. */
  private static long open(Job job) {
    long open = Long.MAX_VALUE;
    for (Attachment listener = job.attachments.first();
        listener != null;
        listener = listener.next) {
      if (governs(listener)) {
        open = Math.min(open, open(listener));
      }
    }
    return open == Long.MAX_VALUE ? WINDOW : open;
  }

  private static long open(Attachment listener) {
    if (listener.peer.flow) {
      return listener.allowance;
    }
    if (listener.lags()) {
      listener.peer.revisit.add(listener);
      return 0;
    }
    return WINDOW;
  }

  /** While the worker may send nothing, each listener that this is due to has the stall bound. */
  private void watch(Job job, Run run) {
    boolean someWait = job.background;
    for (Attachment listener = job.attachments.first();
        listener != null;
        listener = listener.next) {
      someWait |= !listener.lags();
    }
    for (Attachment listener = job.attachments.first();
        listener != null;
        listener = listener.next) {
      if (run.credit <= 0 && someWait && governs(listener) && listener.lags()) {
        stallOf(listener).begin();
      } else if (listener.stall != null && !listener.stall.isHolding()) {
        listener.endStall(); // what it holds up it holds up until it allows more
      }
    }
  }

  /** A worker that minds no credit is not read until the listener allows more, or is given up. */
  void holdUp(Attachment listener, Peer worker) {
    stallOf(listener).hold(worker.intake);
  }

  private Stall stallOf(Attachment listener) {
    Stall stall = listener.stall;
    if (stall == null) {
      stall = stalls.make(() -> giveUp.accept(listener));
      listener.stall = stall;
    }
    return stall;
  }
}

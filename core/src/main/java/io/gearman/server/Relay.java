// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.WORK_EXCEPTION;

import io.gearman.protocol.Packet;

/**
 * What a worker sends, to all who wait for its job: newest first, as gearmand does. A listener with
 * flow gets no more data than it has allowed, but for one piece of each run; before one without,
 * the high-water mark of its connection decides.
 */
final class Relay {

  private final Jobs jobs;

  Relay(Jobs jobs) {
    this.jobs = jobs;
  }

  /**
   * WORK_DATA or WORK_WARNING, which take demand. A worker without flow, and one with it that sends
   * more than it was granted, is not read while a listener takes no more. The first of a run, which
   * may be there without demand, is not waited for: demand is told in answer to it. So a worker
   * without flow may send one too many. Who gets one of run after run and allows nothing is given
   * up.
   */
  void data(Job job, Peer worker, Packet data) {
    boolean withinCredit = worker.flow && job.run != null && job.run.credit > 0;
    Attachment listener = job.attachments.last();
    while (listener != null) {
      Attachment next = listener.previous; // the listener may be gone after this
      if (!listener.peer.flow) {
        sendPlain(listener, worker, data, withinCredit);
      } else if (job.background) {
        sendUnlessBehind(listener, data);
      } else {
        sendCounted(listener, worker, data, withinCredit);
      }
      listener = next;
    }
    jobs.credits().spend(job);
  }

  private static void sendPlain(
      Attachment listener, Peer worker, Packet data, boolean withinCredit) {
    listener.send(data);
    if (!withinCredit && !listener.peer.isWritable()) {
      listener.peer.stall.hold(worker.intake);
    }
  }

  private void sendCounted(Attachment listener, Peer worker, Packet data, boolean withinCredit) {
    boolean first = listener.job.run != null && !listener.job.run.dataSent;
    if (first && listener.allowance <= 0 && ++listener.unasked > Attachment.MAX_UNASKED) {
      jobs.leaveUnasked(listener);
      return;
    }
    listener.send(data);
    if (--listener.allowance < (first ? 0 : 1) && !withinCredit) {
      jobs.credits().holdUp(listener, worker);
    }
  }

  /**
   * A background job waits for nobody: before the first demand nothing is sent, after it one must
   * keep up.
   */
  private void sendUnlessBehind(Attachment listener, Packet data) {
    if (listener.allowance > 0) {
      listener.allowance--;
      listener.send(data);
    } else if (listener.hasDemanded) {
      jobs.leaveBehind(listener);
    }
  }

  /** WORK_STATUS, which takes no demand and of which only the latest counts. */
  void status(Job job, Packet status) {
    for (Attachment listener = job.attachments.last();
        listener != null;
        listener = listener.previous) {
      listener.sendStatus(status);
    }
  }

  /**
   * The end of the job. It takes no demand, but many of them that a listener does not take would
   * fill the memory.
   */
  void end(Job job, Packet packet) {
    for (Attachment listener = job.attachments.last();
        listener != null;
        listener = listener.previous) {
      if (packet.type() == WORK_EXCEPTION) {
        jobs.sendException(listener, packet.argument(1));
      } else {
        listener.send(packet);
      }
      if (job.owner != null && !listener.peer.isWritable()) {
        listener.peer.stall.hold(job.owner.intake);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.Packet;
import org.jspecify.annotations.Nullable;

/**
 * A connection that waits for a job. The chain it is in is that of the job's attachments.
 *
 * <p>A connection that submitted the same unique id several times has one attachment. With flow it
 * gets each event once, and one account of demand covers them all; plain Gearman sends a copy for
 * each of them.
 */
final class Attachment extends Chain.Node<Attachment> {

  /**
   * How often one connection may submit a job that it waits for already: without flow it gets as
   * many copies of each event, all at once.
   */
  static final int MAX_SUBMISSIONS = 1_000;

  /**
   * Of how many runs a listener with flow may get the first data, which comes in any case, beyond
   * what it has allowed: it may have to keep it.
   */
  static final int MAX_UNASKED = 16;

  /** In bytes, roughly, with what refers to it. */
  static final int SIZE = 128;

  final Peer peer;
  final Job job;

  int submissions = 1;
  boolean hasDemanded;
  long allowance; // with flow: data allowed and not yet sent; below 0 where more had been granted
  int unasked; // runs whose first data it had not allowed, since it last allowed more than it got
  @Nullable Stall stall; // while others wait for this connection to take or allow more data
  private @Nullable Packet lateStatus; // the latest progress, while the connection takes nothing

  Attachment(Peer peer, Job job) {
    this.peer = peer;
    this.job = job;
    this.allowance = job.unique.length == 0 ? 1 : 0;
  }

  /** True if this connection cannot take more data now. */
  boolean lags() {
    return peer.flow ? allowance <= 0 : !peer.isWritable();
  }

  /** Nobody waits for this connection any more. */
  void endStall() {
    if (stall != null) {
      stall.release();
    }
  }

  /** Sends what must arrive, behind the progress that came before it. */
  void send(Packet packet) {
    sendLateStatus();
    int copies = peer.flow ? 1 : submissions;
    for (int i = 0; i < copies; i++) {
      peer.send(packet);
    }
  }

  /**
   * Sends progress, of which only the latest counts: while the connection takes nothing it waits
   * here.
   */
  void sendStatus(Packet status) {
    lateStatus = status;
    if (peer.isWritable()) {
      sendLateStatus();
    } else {
      peer.revisit.add(this);
    }
  }

  void sendLateStatus() {
    Packet status = lateStatus;
    if (status != null) {
      lateStatus = null;
      send(status);
    }
  }
}

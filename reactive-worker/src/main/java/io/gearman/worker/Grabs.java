// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.transport.PacketConnection;
import java.util.Arrays;

/**
 * How one connection asks for jobs.
 *
 * <p>A server without the flow extension refuses grabs while it has no job, and the worker sleeps:
 *
 * <pre>
 *         JOB_ASSIGN: one more grab, and another in place of the answered one
 *         +------+
 *         v      |     last grab answered with NO_JOB: PRE_SLEEP
 *   ---> AWAKE --+----------------------------------------------> ASLEEP
 *         ^                                                         |
 *         +-------------------NOOP, or a look from time to time-----+
 * </pre>
 *
 * <p>A server with flow keeps a grab until there is a job. On the only connection of a worker each
 * free slot has its grab there, and that is all. Where a worker has more than one, a kept grab
 * would hold a slot that another connection may need: PRE_SLEEP follows the grabs at once, so that
 * those for which there is no job come back.
 *
 * <p>With no slot free the worker neither grabs nor sleeps, and the server wakes others.
 *
 * <p>Confined to the event loop of the connection, hence the plain fields.
 */
final class Grabs {

  private static final byte[] DRAINED = "drained".getBytes(US_ASCII);
  private static final Packet GRAB = Packet.request(PacketType.GRAB_JOB_ALL);
  private static final Packet SLEEP = Packet.request(PacketType.PRE_SLEEP);

  private final PacketConnection connection;
  private final Lane lane;
  private final Slots slots;

  private int open; // grabs without an answer
  private int withdrawn; // of these, sent before the last PRE_SLEEP: their answers come first
  private int appetite = 1; // grabs that may be without an answer
  private int jobs; // that run
  private boolean flow;
  private boolean asleep;
  private boolean keeping; // grabs are kept by the server
  private boolean sent; // grabs that PRE_SLEEP is to follow
  private boolean asked; // whether the server has heard of the last result
  private boolean drained; // it has

  Grabs(PacketConnection connection, Lane lane) {
    this.connection = connection;
    this.lane = lane;
    this.slots = lane.slots();
  }

  /** Whether the server owes no answer to a grab. */
  boolean isEmpty() {
    return open == 0;
  }

  // ---- what the session says

  void begin(boolean flow) {
    this.flow = flow;
    slots.join(this);
  }

  void assigned() {
    answered();
    jobs++;
    slots.started();
    appetite = keeping ? Limits.MAX_CONCURRENCY : Math.min(appetite + 1, Limits.MAX_CONCURRENCY);
  }

  void refused() {
    boolean expected = withdrawn > 0;
    answered();
    lane.giveBack();
    if (!expected || !keeping) {
      appetite = Math.max(1, open);
    }
    if (!expected && open == 0) {
      sleep();
    }
    more();
  }

  private void answered() {
    open--;
    withdrawn = Math.max(0, withdrawn - 1);
  }

  void woken() {
    if (asleep) {
      wake();
      slots.serve();
    }
  }

  void heard(Packet echo) {
    if (asked && Arrays.equals(echo.argument(0), DRAINED)) {
      drained = true;
      slots.checkDrained();
    }
  }

  /** A job has sent its last packet; it gives its slot back itself. */
  void jobEnded() {
    jobs--;
    slots.completed();
    eager();
  }

  void jobLost() {
    jobs--;
    slots.lost();
  }

  void slotIsFree() {
    lane.giveBack();
    slots.serve();
  }

  /** Something has changed: there may be something to send. */
  void more() {
    slots.serve();
    checkDrained();
  }

  /** The connection is gone. */
  void end() {
    for (; open > 0; open--) {
      lane.giveBack();
    }
    asleep = true;
    slots.leave(this);
  }

  // ---- what the slots say

  /** Sends one if a job is wanted here, and there is a slot. */
  boolean grab() {
    boolean wanted = !asleep && open < appetite && (open + jobs == 0 || !oneByOne());
    if (!wanted || !lane.take()) {
      return false;
    }
    open++;
    sent = flow && !keeping;
    connection.write(GRAB);
    return true;
  }

  /** gearmand has one timer for each connection. */
  private boolean oneByOne() {
    return !flow && lane.hasServerTimeout();
  }

  /** All grabs that could be sent for now are sent. */
  void grabbed() {
    if (sent) {
      sleep();
    }
  }

  /** Grabs are due. */
  void wake() {
    asleep = false;
    eager();
  }

  /** No grabs are due, and what was not answered yet is withdrawn. */
  void sleep() {
    asleep = true;
    sent = false;
    withdrawn = open;
    connection.write(SLEEP);
  }

  /** Whether this is the only connection of the worker. */
  void alone(boolean alone) {
    boolean kept = keeping;
    keeping = flow && alone;
    if (keeping) {
      wake();
    } else if (kept) {
      appetite = 1;
      sleep();
    }
  }

  /** A grab that is kept stands for one slot; one that is refused at once asks for all of them. */
  private void eager() {
    if (keeping) {
      appetite = Limits.MAX_CONCURRENCY;
    }
  }

  /** Grabs are due although the server has not woken the worker. */
  void lookAgain() {
    asleep &= open > 0;
  }

  /** No more jobs are wanted; those that run go on. */
  void drain() {
    sleep();
    checkDrained();
  }

  /** The server knows of the last result when it has answered what was sent behind it. */
  private void checkDrained() {
    if (slots.isDraining() && open + jobs == 0 && !asked) {
      asked = true;
      connection.write(Packet.request(PacketType.ECHO_REQ, DRAINED));
    }
  }

  boolean isDrained() {
    return drained;
  }
}

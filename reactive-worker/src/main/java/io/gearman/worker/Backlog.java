// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.JobUpdate;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Updates of a job that were asked for and wait, in order: for credit, or behind one that does, or
 * to be cut since they are larger than a packet may be. Those that were asked for are its bound.
 */
final class Backlog {

  private final JobOutput output;
  private final Queue<JobUpdate> waiting = new ArrayDeque<>(2);
  private @Nullable Pieces pieces; // of the first update, those that are not made yet
  private @Nullable JobUpdate next;
  private boolean piece; // the next one is

  Backlog(JobOutput output) {
    this.output = output;
  }

  void add(JobUpdate update) {
    waiting.add(update);
  }

  boolean isEmpty() {
    return next == null && pieces == null && waiting.isEmpty();
  }

  /** What is to be sent next, whole or a piece; null if there is nothing. */
  @Nullable JobUpdate peek() {
    if (next == null) {
      next = make();
    }
    return next;
  }

  /** Whether the next one is a piece of an update. */
  boolean isPiece() {
    return piece;
  }

  /** The next one was sent. */
  void remove() {
    next = null;
  }

  private @Nullable JobUpdate make() {
    Pieces rest = pieces;
    if (rest == null) {
      JobUpdate update = waiting.poll();
      rest = update == null ? null : output.pieces(update);
      piece = rest != null;
      if (rest == null) {
        return update;
      }
    }
    JobUpdate made = rest.next();
    pieces = rest.hasNext() ? rest : null;
    return made;
  }
}

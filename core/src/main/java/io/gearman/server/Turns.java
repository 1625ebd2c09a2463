// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Which function of a worker is served next, of those that have jobs of one priority. Both the
 * worker's functions and those with jobs may be thousands, and neither are gone through with each
 * job: remembered are the functions that may have some, in turn, and the line of those that came to
 * have some is read on from where it was left.
 *
 * <p>Each function is remembered once, with a turn that is too early if it was served since. That
 * is set right when it is come upon: a function without jobs is forgotten, one that was served goes
 * to its new turn.
 */
final class Turns {

  /** A function and its turn when it was remembered. */
  private record Turn(long number, Ability ability) {}

  private final Priority priority;
  private final Ready.Line line;
  private final Deque<Turn> inOrder = new ArrayDeque<>(); // who was served goes to the end
  private final Queue<Turn> others = new PriorityQueue<>(Comparator.comparingLong(Turn::number));
  private long read; // of the line

  Turns(Priority priority, Ready.Line line) {
    this.priority = priority;
    this.line = line;
  }

  @Nullable Ability next(Map<FunctionQueue, Ability> abilities) {
    readOn(abilities);
    for (Queue<Turn> queue = earliest(); queue != null; queue = earliest()) {
      Turn first = queue.element();
      Ability ability = first.ability;
      if (ability.turn == first.number && ability.function.hasQueued(priority)) {
        return ability;
      }
      queue.remove();
      ability.remembered.remove(priority);
      remember(ability);
    }
    return null;
  }

  /** Where the earliest turn is, or null if there is none. */
  private @Nullable Queue<Turn> earliest() {
    Turn ordered = inOrder.peek();
    Turn other = others.peek();
    if (other == null || (ordered != null && ordered.number < other.number)) {
      return ordered == null ? null : inOrder;
    }
    return others;
  }

  /** Goes through what is new in the line or through the worker's functions, whatever is fewer. */
  private void readOn(Map<FunctionQueue, Ability> abilities) {
    if (line.countSince(read) > abilities.size()) {
      abilities.values().forEach(this::remember);
    } else {
      readLine(abilities);
    }
    read = line.last();
  }

  /** From the first on, since who came to have jobs first was mostly served first. */
  private void readLine(Map<FunctionQueue, Ability> abilities) {
    for (JobQueue queue = line.after(read); queue != null; queue = queue.next) {
      Ability ability = abilities.get(queue.function);
      if (ability != null) {
        remember(ability);
      }
    }
  }

  private void remember(Ability ability) {
    if (ability.function.hasQueued(priority) && ability.remembered.add(priority)) {
      Turn turn = new Turn(ability.turn, ability);
      Turn last = inOrder.peekLast();
      (last == null || last.number < turn.number ? inOrder : others).add(turn);
    }
  }

  /** The worker's functions have changed: the line is read anew. */
  void forget() {
    inOrder.forEach(turn -> turn.ability.remembered.remove(priority));
    others.forEach(turn -> turn.ability.remembered.remove(priority));
    inOrder.clear();
    others.clear();
    read = 0;
  }
}

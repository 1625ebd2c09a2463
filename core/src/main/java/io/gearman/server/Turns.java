// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which function of a worker is served next, of those that have jobs of one priority. Both the
 * worker's functions and those with jobs may be thousands, and neither are gone through with each
 * job: remembered are the functions that may have some, in turn, and the line of those that came to
 * have some is read on from where it was left.
 *
 * <p>What is remembered is set right when it is come upon: a function without jobs is forgotten,
 * one that was served since goes to its new turn.
 */
final class Turns {

  private final Priority priority;
  private final Ready.Line line;
  private final NavigableMap<Long, Ability> byTurn = new TreeMap<>();
  private long read; // of the line

  Turns(Priority priority, Ready.Line line) {
    this.priority = priority;
    this.line = line;
  }

  @Nullable Ability next(Map<FunctionQueue, Ability> abilities) {
    readOn(abilities);
    for (var first = byTurn.firstEntry(); first != null; first = byTurn.firstEntry()) {
      Ability ability = first.getValue();
      boolean hasJobs = ability.function.hasQueued(priority);
      if (hasJobs && ability.turn == first.getKey()) {
        return ability;
      }
      byTurn.remove(first.getKey());
      if (hasJobs) {
        byTurn.put(ability.turn, ability);
      }
    }
    return null;
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

  private void readLine(Map<FunctionQueue, Ability> abilities) {
    for (JobQueue queue = line.queues.last();
        queue != null && queue.since > read;
        queue = queue.previous) {
      Ability ability = abilities.get(queue.function);
      if (ability != null) {
        remember(ability);
      }
    }
  }

  private void remember(Ability ability) {
    if (ability.function.hasQueued(priority)) {
      byTurn.put(ability.turn, ability);
    }
  }

  /** The worker's functions have changed: the line is read anew. */
  void forget() {
    byTurn.clear();
    read = 0;
  }
}

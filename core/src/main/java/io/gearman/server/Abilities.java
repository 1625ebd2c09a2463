// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection as a worker: what it can do, in which order that is served, and whether it waits for
 * a job.
 *
 * <pre>
 *            PRE_SLEEP, no job                      GRAB_JOB_ALL with flow, no job
 *   ASLEEP <------------------- (does not wait) -------------------> KEEPING its grabs
 *     |                            ^       ^                           |
 *     +----NOOP, any grab----------+       +-----job, PRE_SLEEP--------+
 * </pre>
 *
 * <p>While it waits it has a place with each of its functions. A worker may know thousands of them
 * and wait after each job, so places are given up lazily: one that is met while its worker does not
 * wait is taken away, and taken again when the worker waits.
 */
final class Abilities {

  /** How a worker waits for a job. */
  enum Waiting {
    ASLEEP,
    KEEPING
  }

  /** How many grabs are kept: they take no memory, but those withdrawn are answered all at once. */
  static final int MAX_KEPT_GRABS = 1 << 16;

  private static final int FEW = 8;
  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  final Peer peer;

  private final Ready ready;
  // Without nodes between, which would be one more thing to be fetched for each of thousands.
  private final IdentityHashMap<FunctionQueue, Ability> byFunction = new IdentityHashMap<>(2);
  private final Chain<Ability> inTurn = new Chain<>(); // the next to be served first
  private final Map<Priority, Turns> turns = new EnumMap<>(Priority.class); // as it asks for them
  private long firstTurn;
  private long lastTurn;

  private boolean asleep;
  private boolean woken; // and has not grabbed since
  private int keptGrabs;
  private Waiting places = Waiting.ASLEEP; // of which kind the places taken are
  private final List<Ability> placeless = new ArrayList<>();

  Abilities(Peer peer, Ready ready) {
    this.peer = peer;
    this.ready = ready;
  }

  // ---- what it can do

  /** How many functions it can do. */
  int count() {
    return byFunction.size();
  }

  /** The next to be served first: newest first to begin with, as gearmand serves them. */
  List<FunctionQueue> functions() {
    List<FunctionQueue> functions = new ArrayList<>(inTurn.size());
    for (Ability each = inTurn.first(); each != null; each = each.next) {
      functions.add(each.function);
    }
    return functions;
  }

  boolean include(FunctionQueue function) {
    return byFunction.containsKey(function);
  }

  /** A function that is known already keeps its place, with the new timeout. */
  void add(FunctionQueue function, @Nullable Duration timeout) {
    Ability ability = byFunction.get(function);
    if (ability == null) {
      ability = new Ability(this, function);
      ability.turn = --firstTurn;
      byFunction.put(function, ability);
      inTurn.addFirst(ability);
      placeless.add(ability);
      turns.values().forEach(Turns::forget);
      function.workers++;
      if (asleep || keptGrabs > 0) {
        takePlaces(places);
      }
    }
    ability.timeout = timeout;
  }

  /** Says whether it could do the function. */
  boolean remove(FunctionQueue function) {
    Ability ability = byFunction.remove(function);
    if (ability == null) {
      return false;
    }
    Chain.unlink(ability);
    Chain.unlink(ability.place);
    placeless.remove(ability);
    turns.values().forEach(Turns::forget);
    function.workers--;
    return true;
  }

  /** It can do nothing any more; says what it could. */
  List<FunctionQueue> removeAll() {
    List<FunctionQueue> functions = functions();
    for (Ability each = inTurn.pollFirst(); each != null; each = inTurn.pollFirst()) {
      Chain.unlink(each.place);
      each.function.workers--;
    }
    byFunction.clear();
    placeless.clear();
    turns.values().forEach(Turns::forget);
    return functions;
  }

  /** Longest run of a job of this function, or null if there is no bound. */
  @Nullable Duration timeout(FunctionQueue function) {
    Ability ability = byFunction.get(function);
    return ability == null ? null : ability.timeout;
  }

  // ---- taking jobs

  /** True if a job waits that this worker could take. */
  boolean hasWork() {
    for (Priority priority : PRIORITIES) {
      if (next(priority) != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes the next job out of its queue: by priority over all functions of this worker, and in turn
   * between functions of equal priority.
   */
  @Nullable Job takeNext() {
    for (Priority priority : PRIORITIES) {
      Ability next = next(priority);
      if (next != null) {
        Chain.unlink(next);
        inTurn.addLast(next);
        next.turn = ++lastTurn;
        return next.function.poll(priority);
      }
    }
    return null;
  }

  /** A worker of a few functions just looks through them. */
  private @Nullable Ability next(Priority priority) {
    return byFunction.size() <= FEW ? firstWithJob(priority) : turns(priority).next(byFunction);
  }

  private Turns turns(Priority priority) {
    return turns.computeIfAbsent(priority, p -> new Turns(p, ready.line(p)));
  }

  private @Nullable Ability firstWithJob(Priority priority) {
    Ability ability = inTurn.first();
    while (ability != null && !ability.function.hasQueued(priority)) {
      ability = ability.next;
    }
    return ability;
  }

  // ---- waiting for jobs

  void sleep() {
    woken = false;
    asleep = true;
    takePlaces(Waiting.ASLEEP);
  }

  /** A worker that grabs does not sleep. */
  void awake() {
    asleep = false;
    woken = false;
  }

  /** True if it was woken and has not grabbed since: the job may still be waiting. */
  boolean isWoken() {
    return woken;
  }

  /** A place was come upon: says whether its worker slept, and was woken. */
  boolean wake(Ability.Place place) {
    placeless.add(place.ability);
    if (!asleep) {
      return false;
    }
    wakeAtOnce();
    return true;
  }

  /** It is to come for a job, whether or not it sleeps already. */
  void wakeAtOnce() {
    asleep = false;
    woken = true;
    peer.wake();
  }

  /** A grab waits for a job of any ability, unless too many do already. */
  boolean keepGrab() {
    if (keptGrabs == MAX_KEPT_GRABS) {
      return false;
    }
    keptGrabs++;
    takePlaces(Waiting.KEEPING);
    return true;
  }

  /** A place was come upon: says whether a grab was kept, which is answered now. */
  boolean useKeptGrab(Ability.Place place) {
    boolean kept = keptGrabs > 0;
    if (kept) {
      keptGrabs--;
    }
    if (keptGrabs > 0) {
      place.ability.function.addWaiting(place, Waiting.KEEPING);
    } else {
      placeless.add(place.ability);
    }
    return kept;
  }

  /** No grab is kept any more; says how many were. */
  int withdrawGrabs() {
    int withdrawn = keptGrabs;
    keptGrabs = 0;
    return withdrawn;
  }

  private void takePlaces(Waiting how) {
    if (places != how) {
      places = how;
      leavePlaces();
    }
    for (Ability ability : placeless) {
      ability.function.addWaiting(ability.place, how);
    }
    placeless.clear();
  }

  private void leavePlaces() {
    placeless.clear();
    for (Ability ability = inTurn.first(); ability != null; ability = ability.next) {
      Chain.unlink(ability.place);
      placeless.add(ability);
    }
  }
}

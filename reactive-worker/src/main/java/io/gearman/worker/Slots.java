// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The slots of a worker, which all its connections share. A slot is a permit to run one job. It is
 * taken before a grab is sent, and given back when the grab is refused, the connection lost, or the
 * job has ended, so that never more jobs are assigned than there are slots, whatever the number of
 * servers. Connections take turns: one that always has jobs leaves room for the others.
 *
 * <p>Confined to the event loop of all these connections, hence the plain fields.
 */
final class Slots {

  private final List<Grabs> connections = new ArrayList<>(); // those at work
  private final Sinks.Empty<Void> drained = Sinks.empty();

  private int free;
  private int turn; // whose turn it is
  private boolean draining;
  private boolean paused;
  private int running;
  private long completed;
  private long lost;

  Slots(int free) {
    this.free = free;
  }

  // ---- connections

  void join(Grabs grabs) {
    connections.add(grabs);
    changed();
    if (draining) {
      grabs.drain();
    }
    serve();
  }

  void leave(Grabs grabs) {
    if (connections.remove(grabs)) {
      changed();
      serve();
      checkDrained();
    }
  }

  /** A kept grab holds its slot, which only does no harm where nobody else can need it. */
  private void changed() {
    boolean alone = connections.size() == 1;
    connections.forEach(grabs -> grabs.alone(alone));
  }

  /** Wake-ups may have been lost. */
  void lookAgain() {
    connections.forEach(Grabs::lookAgain);
    serve();
  }

  // ---- slots

  boolean take() {
    if (free == 0) {
      return false;
    }
    free--;
    return true;
  }

  void giveBack() {
    free++;
  }

  /** Sends as many grabs as there are slots, or as the connections want. */
  void serve() {
    if (draining || paused) {
      return;
    }
    for (int passed = 0; free > 0 && passed < connections.size(); ) {
      turn = (turn + 1) % connections.size();
      passed = connections.get(turn).grab() ? 0 : passed + 1;
    }
    connections.forEach(Grabs::grabbed);
  }

  void pause(boolean wanted) {
    if (paused != wanted && !draining) {
      paused = wanted;
      List.copyOf(connections).forEach(wanted ? Grabs::sleep : Grabs::wake);
      serve();
    }
  }

  // ---- jobs

  void started() {
    running++;
  }

  /** A job has ended with its last packet. */
  void completed() {
    running--;
    completed++;
  }

  /** A job was left to its server, to give to another worker. */
  void lost() {
    running--;
    lost++;
    checkDrained();
  }

  /** What has become of the jobs so far. */
  Drained ended() {
    return new Drained(completed, lost);
  }

  /** The same, if those that run were lost now. */
  Drained endedNow() {
    return new Drained(completed, lost + running);
  }

  /** No grabs from now on; completes when all jobs have ended and their servers know. */
  Mono<Void> drain() {
    draining = true;
    List.copyOf(connections).forEach(Grabs::drain);
    checkDrained();
    return drained.asMono();
  }

  boolean isDraining() {
    return draining;
  }

  void checkDrained() {
    if (draining && running == 0 && connections.stream().allMatch(Grabs::isDrained)) {
      drained.tryEmitEmpty();
    }
  }
}

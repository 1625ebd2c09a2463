// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.PacketType;
import java.util.List;

/**
 * What can happen to a broker: a peer says something, a connection clogs or breaks, time passes.
 */
sealed interface FlowStep {

  /** A place for one connection after another. Each could do everything; most do not. */
  enum Seat {
    FLOW_CLIENT(true, true),
    SECOND_FLOW_CLIENT(true, false),
    PLAIN_CLIENT(false, true),
    FLOW_CLIENT_AND_WORKER(true, true),
    PLAIN_CLIENT_AND_WORKER(false, false),
    FLOW_WORKER(true, false),
    PLAIN_WORKER(false, false);

    static final List<Seat> CLIENTS =
        List.of(
            FLOW_CLIENT,
            SECOND_FLOW_CLIENT,
            PLAIN_CLIENT,
            FLOW_CLIENT_AND_WORKER,
            PLAIN_CLIENT_AND_WORKER);
    static final List<Seat> WORKERS =
        List.of(FLOW_WORKER, PLAIN_WORKER, FLOW_CLIENT_AND_WORKER, PLAIN_CLIENT_AND_WORKER);

    final boolean flow;
    final boolean exceptions;

    Seat(boolean flow, boolean exceptions) {
      this.flow = flow;
      this.exceptions = exceptions;
    }
  }

  void takenIn(FlowWorld world);

  record Submits(Seat who, PacketType type, String function, String unique, String workload)
      implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.submits(this);
    }
  }

  /**
   * A listener with flow allows more, or leaves.
   *
   * @param listener which of those that there are, round and round; if negative, one that does not
   *     wait for the job
   */
  record Asks(PacketType type, int listener, String count) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.asks(this);
    }
  }

  /**
   * The worker of a job says something of it.
   *
   * @param job which of those that run, round and round; if negative, one that the worker does not
   *     hold
   */
  record Works(PacketType type, int job, int times) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      for (int i = 0; i < times; i++) {
        world.works(this);
      }
    }
  }

  record Grabs(Seat who, PacketType type) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.grabs(who, type);
    }
  }

  record Learns(Seat who, String function) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.learns(who, function);
    }
  }

  record Unlearns(Seat who, String function) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.unlearns(who, function);
    }
  }

  record Resets(Seat who) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.resets(who);
    }
  }

  record Sleeps(Seat who) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.sleeps(who);
    }
  }

  /** A connection takes nothing. */
  record Clogs(Seat who) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.clogs(who);
    }
  }

  /** It takes data again. */
  record Clears(Seat who) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.clears(who);
    }
  }

  record Leaves(Seat who) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      world.leaves(who);
    }
  }

  /**
   * Nothing else happens.
   *
   * @param halves of the stall bound
   */
  record TimePasses(int halves) implements FlowStep {
    @Override
    public void takenIn(FlowWorld world) {
      for (int i = 0; i < halves; i++) {
        world.timePasses();
      }
    }
  }
}

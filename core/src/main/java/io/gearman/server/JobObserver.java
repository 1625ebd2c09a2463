// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;

/**
 * Is told what becomes of each job, and how long it waits and runs: for what cannot be known
 * afterwards, such as histograms, and for counts that outlive their function, which those in {@link
 * ServerSnapshot} do not. What is not overridden does nothing.
 *
 * <p>Called on the event loop of the server: it must neither block nor throw. Times are as the
 * server saw them, to about a millisecond. Functions are named as UTF-8, with what is none of it
 * replaced; anybody can name functions.
 */
public interface JobObserver {

  /** A job came. */
  default void submitted(String function, Priority priority) {}

  /** A submission joined a job by its unique id. */
  default void joined(String function, Priority priority) {}

  /**
   * A worker got a job.
   *
   * @param nanos since it was put in its queue; 0 or more
   */
  default void started(String function, Priority priority, long nanos) {}

  /** A run was lost, and the job was put in its queue again. */
  default void restarted(String function, Priority priority) {}

  /**
   * A job that a worker holds has ended.
   *
   * @param nanos since this worker got it; 0 or more
   */
  default void ended(String function, Priority priority, Outcome outcome, long nanos) {}

  /** A job that no worker holds has ended: {@link Outcome#CANCELLED}. */
  default void withdrawn(String function, Priority priority) {}

  /** Listens to nothing. */
  static JobObserver none() {
    return NoObserver.INSTANCE;
  }
}

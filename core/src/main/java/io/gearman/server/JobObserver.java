// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;

/**
 * Is told of each job how long it waits and runs. What can be counted is in {@link ServerSnapshot};
 * this is for what cannot be known afterwards, such as histograms.
 *
 * <p>Called on the event loop of the server, at most twice for each run: it must neither block nor
 * throw. Times are as the server saw them, to about a millisecond.
 */
public interface JobObserver {

  /**
   * A worker got a job.
   *
   * @param function its name, as UTF-8 with what is none of it replaced; anybody can name functions
   * @param nanos since it was put in its queue; 0 or more
   */
  void started(String function, Priority priority, long nanos);

  /**
   * A job that ran has ended. A run that was lost, after which the job was put in its queue again,
   * is not told of.
   *
   * @param nanos since its last worker got it; 0 or more
   */
  void ended(String function, Priority priority, Outcome outcome, long nanos);

  /** Listens to nothing. */
  static JobObserver none() {
    return NoObserver.INSTANCE;
  }
}

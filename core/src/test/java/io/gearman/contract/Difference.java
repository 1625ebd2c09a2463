// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import io.gearman.testkit.RunningServer;

/**
 * Where our server is deliberately not like gearmand 1.1.20. The contract tests both sides of each
 * row.
 */
public enum Difference {
  /** A worker gets jobs of high priority first, of whichever function; 2.0 does so too. */
  PRIORITY_OVER_ALL_FUNCTIONS,
  /** A worker that learns a function in its sleep is woken if jobs of it wait. */
  NO_WORKER_SLEEPS_ON_A_WAITING_JOB,
  /** A foreground client that joined a background job and left does not take it along. */
  BACKGROUND_JOBS_OUTLIVE_LISTENERS,
  /** A WORK_FAIL made from an exception carries the handle without a NUL behind it. */
  BARE_HANDLE_OF_A_FAILURE,
  /** What the worker of a cancelled job still sends reaches nobody. */
  A_CANCELLED_JOB_ENDS_ONCE,
  /** A function is not dropped while jobs wait for it. */
  WAITING_JOBS_KEEP_THEIR_FUNCTION,
  /** A line that ends without a carriage return loses no letter. */
  NAMES_END_WITH_THEIR_LINE,
  /**
   * Workers sleep until the time of a delayed job has come, and are woken then; 2.0 wakes them too.
   */
  DELAYED_JOBS_WAKE_WORKERS;

  public boolean isOf(RunningServer server) {
    return !server.isGearmand();
  }
}

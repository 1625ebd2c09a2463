// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.worker.Limits.requireConcurrency;
import static io.gearman.worker.Limits.requireDuration;

import java.time.Duration;

/**
 * What holds for one function of a worker. One with a limit or a timeout of its own has a
 * connection of its own to each server, since a worker cannot say for which function it wants a
 * job.
 *
 * @param concurrency jobs of this function held at once, over all servers; 1 to 65,536, or 0 for as
 *     many as the worker has slots
 * @param timeout how long a job may run, the time in which it waits for a slow reader included; 1
 *     ms to 2^31-1 ms, or 0 for that of the worker, {@link GearmanWorker.Builder#timeout}
 */
public record FunctionSettings(int concurrency, Duration timeout) {

  private static final FunctionSettings DEFAULTS = new FunctionSettings(0, Duration.ZERO);

  public FunctionSettings {
    if (concurrency != 0) {
      requireConcurrency(concurrency);
    }
    if (!timeout.isZero()) {
      requireDuration("timeout", timeout);
    }
  }

  /** What holds for the worker holds for the function. */
  public static FunctionSettings defaults() {
    return DEFAULTS;
  }

  public FunctionSettings withConcurrency(int concurrency) {
    return new FunctionSettings(concurrency, timeout);
  }

  /**
   * A job that has run for so long is ended: its publisher is cancelled, and it fails with a
   * WORK_EXCEPTION that says so. The server is told as well (CAN_DO_TIMEOUT), with a second more,
   * since its clock begins earlier: should this worker hang, it gives the job to another. As
   * gearmand has one timer for each connection, a server without the flow extension is asked for
   * one job of this function at a time.
   */
  public FunctionSettings withTimeout(Duration timeout) {
    return new FunctionSettings(concurrency, timeout);
  }
}

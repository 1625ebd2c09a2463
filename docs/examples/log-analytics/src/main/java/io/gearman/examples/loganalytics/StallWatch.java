// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Tells jobs that say nothing from a reader who does not ask. With a throttle a single job may have
 * to wait for long: for its turn to be read, or for a worker that is held up by jobs that wait for
 * theirs. So the clock runs only while an event of any job is asked for and none comes.
 */
final class StallWatch {

  private final Duration timeout;
  private final Scheduler clock = Schedulers.parallel();

  // Written where events are asked for and come, which is one place after the other, and read by
  // the check; a volatile is enough.
  private volatile boolean asking;
  private volatile long askedAt;
  private volatile long submittedAt;

  StallWatch(Duration timeout) {
    this.timeout = timeout;
  }

  /** An event is asked for. */
  void asked() {
    askedAt = now();
    asking = true;
  }

  /** An event has come. */
  void heard() {
    asking = false;
  }

  /** A job was submitted: before there was one, silence meant nothing. */
  void submitted() {
    submittedAt = now();
  }

  /**
   * Looks at the clock.
   *
   * @throws AnalysisException if jobs should have said something by now
   */
  void check(int jobs) {
    long silence = now() - Math.max(askedAt, submittedAt);
    if (jobs > 0 && asking && silence > timeout.toMillis()) {
      throw AnalysisException.stalled(timeout);
    }
  }

  private long now() {
    return clock.now(TimeUnit.MILLISECONDS);
  }
}

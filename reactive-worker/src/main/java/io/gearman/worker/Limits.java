// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import java.time.Duration;

/** The ranges of what a worker is told. */
final class Limits {

  static final int MAX_CONCURRENCY = 65_536;

  private static final Duration MIN = Duration.ofMillis(1);
  private static final Duration MAX = Duration.ofMillis(Integer.MAX_VALUE);

  private Limits() {}

  static int requireConcurrency(int jobs) {
    if (jobs < 1 || jobs > MAX_CONCURRENCY) {
      throw new IllegalArgumentException(
          "concurrency must be 1 to " + MAX_CONCURRENCY + ", not " + jobs);
    }
    return jobs;
  }

  /** What timers take. */
  static Duration requireDuration(String name, Duration duration) {
    if (duration.compareTo(MIN) < 0 || duration.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          name + " must be 1 ms to " + Integer.MAX_VALUE + " ms, not " + duration);
    }
    return duration;
  }
}

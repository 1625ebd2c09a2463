// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import java.time.Duration;

/** The range that timers take. */
final class Durations {

  private static final Duration MIN = Duration.ofMillis(1);
  private static final Duration MAX = Duration.ofMillis(Integer.MAX_VALUE);

  private Durations() {}

  static void require(String name, Duration duration) {
    if (duration.compareTo(MIN) < 0 || duration.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          name + " must be 1 ms to " + Integer.MAX_VALUE + " ms, not " + duration);
    }
  }
}

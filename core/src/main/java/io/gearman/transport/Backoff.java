// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The pauses between attempts to connect. Each is twice as long as the one before, from the
 * shortest to the longest, and a random part of up to its half is taken away, so that those who
 * lost a server together do not come back together.
 *
 * @param shortest the first pause; 1 ms to 2^31-1 ms
 * @param longest which no pause exceeds; {@code shortest} to 2^31-1 ms
 */
public record Backoff(Duration shortest, Duration longest) {

  private static final int MAX_DOUBLINGS = 31; // in milliseconds that is no overflow
  private static final Backoff DEFAULTS =
      new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30));

  public Backoff {
    Durations.require("shortest", shortest);
    Durations.require("longest", longest);
    if (longest.compareTo(shortest) < 0) {
      throw new IllegalArgumentException(
          "longest must be at least shortest, " + shortest + ", not " + longest);
    }
  }

  /** From 100 ms to 30 s. */
  public static Backoff defaults() {
    return DEFAULTS;
  }

  /** The pause after so many failures in a row, 1 or more, before a part of it is taken away. */
  Duration full(int failures) {
    long doubled = shortest.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS);
    return Duration.ofMillis(Math.min(doubled, longest.toMillis()));
  }

  /** The pause after so many failures in a row; 1 or more. */
  Duration pause(int failures) {
    long full = full(failures).toNanos();
    return Duration.ofNanos(full - ThreadLocalRandom.current().nextLong(full / 2 + 1));
  }

  /** A pause before the first attempt after a loss, which many may have had together. */
  Duration scatter() {
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(shortest.toNanos()));
  }
}

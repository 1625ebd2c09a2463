// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.time.Duration;

/**
 * How long everything is measured, and how far loads go.
 *
 * @param runs of each peer under each load, which take turns with those of the others
 * @param warmUp before the first of them
 * @param run the length of each
 * @param submissions of each run in the background at most
 * @param connections at most
 * @param queued jobs that wait at most
 * @param held jobs of one client that nobody does
 * @param chunks of a stream at most
 * @param bytes of a payload or result at most
 */
record Plan(
    int runs,
    Duration warmUp,
    Duration run,
    int submissions,
    int connections,
    int queued,
    int held,
    int chunks,
    int bytes) {

  static final Plan FULL =
      new Plan(
          5,
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          100_000,
          10_000,
          1_000_000,
          50_000,
          200_000,
          16 << 20);

  /** Shows that all of it works, and no more. */
  static final Plan QUICK =
      new Plan(
          2,
          Duration.ofMillis(50),
          Duration.ofMillis(100),
          1_000,
          100,
          2_000,
          500,
          1_000,
          64 << 10);

  /** With other runs, and no more connections than the machine has. */
  Plan with(int newRuns, Duration newRun, int mostConnections) {
    return new Plan(
        newRuns,
        warmUp,
        newRun,
        submissions,
        Math.min(connections, mostConnections),
        queued,
        held,
        chunks,
        bytes);
  }

  /** Whether loads are kept too small for targets to mean anything. */
  boolean isQuick() {
    return queued < FULL.queued;
  }

  /** How long a process may take to answer, besides the time that it was told to take. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** How long it may take to submit all that is to be queued. */
  static final Duration FILLING = Duration.ofMinutes(20);
}

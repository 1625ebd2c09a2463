// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

/**
 * How far everything grows, and how long it is measured.
 *
 * @param connections idle ones
 * @param functions that the server knows; {@link Workload#ROUND} divides half of them
 * @param backlog jobs that wait
 * @param jobs in each sample; {@link Workload#ROUND} divides it
 * @param warmUp jobs before the first sample
 * @param cycles how often each situation comes and goes
 * @param samples before each coming, and before each going
 */
record Sizes(
    int connections, int functions, int backlog, int jobs, int warmUp, int cycles, int samples) {

  static final Sizes FULL = new Sizes(10_000, 10_000, 1_000_000, 40_000, 400_000, 3, 5);
  static final Sizes QUICK = new Sizes(200, 2_000, 20_000, 2_000, 10_000, 1, 2);

  /** File descriptors of each process. */
  int descriptors() {
    return connections + 500;
  }
}

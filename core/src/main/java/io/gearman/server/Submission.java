// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for.
 *
 * @param reducer name of the function that reduces what this job maps, empty for plain jobs; the
 *     server only passes it on
 * @param due when it may run, in seconds since 1970, or 0 for at once
 */
record Submission(
    byte[] function,
    byte[] unique,
    byte[] reducer,
    byte[] workload,
    Priority priority,
    boolean background,
    long due) {

  static final byte[] NO_REDUCER = {};

  private static final byte[] WORKLOAD_IS_THE_KEY = {'-'};

  static Submission foreground(Priority priority, byte[] function, byte[] unique, byte[] workload) {
    return new Submission(function, unique, NO_REDUCER, workload, priority, false, 0);
  }

  static Submission background(Priority priority, byte[] function, byte[] unique, byte[] workload) {
    return new Submission(function, unique, NO_REDUCER, workload, priority, true, 0);
  }

  /**
   * Under what others join the job, or null if nobody can: an empty unique id never coalesces, and
   * "-" stands for the workload itself.
   */
  @Nullable ByteKey key() {
    byte[] key = Arrays.equals(unique, WORKLOAD_IS_THE_KEY) ? workload : unique;
    return key.length == 0 ? null : new ByteKey(key);
  }
}

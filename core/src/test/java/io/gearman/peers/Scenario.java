// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

/** What is asked of the peers. */
enum Scenario {
  FOREGROUND,
  BINARY_PAYLOAD,
  LARGE_PAYLOAD,
  DATA_WARNING_AND_STATUS,
  FAILURE,
  EXCEPTION,
  UNIQUE_ID,
  BACKGROUND,
  PRIORITIES,
  COALESCING,
  JOB_STATUS,
  LOST_WORKER,
  TIME_LIMIT,
  STATUS_BY_UNIQUE_ID,
  DELAY,
  REDUCE
}

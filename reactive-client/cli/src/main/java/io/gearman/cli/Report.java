// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.JobEvent;

/** What is to be told of jobs, whose functions are as they were given. */
sealed interface Report {

  record Happened(String function, JobEvent event) implements Report {}

  record Ended(String function, Throwable failure) implements Report {}

  /** There are no further jobs, for a reason of their input. All there were have ended. */
  record Broken(CommandException problem) implements Report {}
}

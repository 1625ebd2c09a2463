// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

/**
 * Where our tool is deliberately not like Debian's gearman 1.1.20. {@link SubmitToolContract} and
 * {@link WorkToolContract} test both sides of each, and docs/command-line.md has a row for each.
 */
enum ToolDifference {
  /** {@code -N} takes nothing from a last line that has no end. */
  LAST_LINE_IS_WHOLE,
  /** Lines may be longer than 8191 bytes and contain NULs. */
  LINES_OF_ANY_BYTES,
  /** A blank line and an empty argument are jobs without a workload. */
  EMPTY_WORKLOADS_ARE_JOBS,
  /** Progress of a job without a total does not end the client. */
  PROGRESS_WITHOUT_TOTAL,
  /** Handles and progress stand among the results where they came. */
  OUTPUT_IN_ORDER,
  /** What a worker says of its exception is shown. */
  EXCEPTIONS_ARE_SHOWN,
  /** A bad value of an option is refused with exit code 1, before anything happens. */
  BAD_VALUES_ARE_REFUSED,
  /** {@code -n} of a worker sends each line once. */
  LINES_ARE_SENT_ONCE,
  /** A command may write before it has read all of its workload. */
  COMMANDS_READ_AND_WRITE_AT_ONCE,
  /** Output of more than 64 KiB is sent in parts. */
  LARGE_OUTPUT_IN_PARTS,
  /** A command that a signal ends has failed. */
  DEATH_BY_SIGNAL_IS_FAILURE,
  /** A worker whose command is not there does not begin. */
  MISSING_COMMAND_IS_REFUSED,
  /** A job that fails counts once for {@code -c}. */
  JOBS_COUNT_ONCE
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobFailedException;
import io.gearman.JobTimeoutException;
import io.gearman.JobTimeoutException.Limit;
import io.gearman.ServerErrorException;
import io.gearman.WorkerException;
import io.gearman.client.NoWorkerException;
import io.gearman.client.TooManyJobsException;

/**
 * How jobs end, and the exit codes of {@code --strict}: of several the largest counts. 1 is for
 * what has nothing to do with jobs, such as a bad option.
 */
enum Outcome {
  DONE(0),
  FAILED(2),
  EXCEPTION(3),
  REFUSED(4),
  NOT_SUBMITTED(5),
  RESTARTED(6),
  TIMED_OUT(7),
  LOST(8);

  final int code;

  Outcome(int code) {
    this.code = code;
  }

  static Outcome of(Throwable failure) {
    if (failure instanceof WorkerException) {
      return EXCEPTION;
    }
    if (failure instanceof JobFailedException) {
      return FAILED;
    }
    if (failure instanceof ServerErrorException
        || failure instanceof NoWorkerException
        || failure instanceof TooManyJobsException) {
      return REFUSED;
    }
    if (failure instanceof JobTimeoutException late) {
      return late.limit() == Limit.ACCEPT ? LOST : TIMED_OUT;
    }
    return failure instanceof ConnectionException lost && lost.phase() == Phase.CONNECT
        ? NOT_SUBMITTED
        : LOST;
  }

  /** Whether it is one that the exit code of Debian's gearman tells. */
  boolean isOfJob() {
    return this == FAILED || this == EXCEPTION;
  }
}

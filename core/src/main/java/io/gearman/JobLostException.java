// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/**
 * The server had accepted the job, and knows nothing of it any more, but has never said how it
 * ended. gearmand loses a job that way when it is joined, by its unique id, just after the only
 * other client that had submitted it was lost: it is discarded, and nobody is told.
 */
public final class JobLostException extends GearmanException implements Retryable {

  private static final long serialVersionUID = 1L;

  private final JobHandle handle;

  public JobLostException(JobHandle handle) {
    super("The server knows nothing of job " + handle + " any more, and has not ended it", null);
    this.handle = handle;
  }

  public JobHandle handle() {
    return handle;
  }
}

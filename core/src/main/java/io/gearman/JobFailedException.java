// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/**
 * The job ended without a result (WORK_FAIL): the worker, the job server or an operator gave it up.
 */
public class JobFailedException extends GearmanException {

  private static final long serialVersionUID = 1L;

  private final JobHandle handle;

  public JobFailedException(JobHandle handle) {
    this(handle, "Job " + handle + " failed");
  }

  JobFailedException(JobHandle handle, String message) {
    super(message, null);
    this.handle = handle;
  }

  public final JobHandle handle() {
    return handle;
  }
}

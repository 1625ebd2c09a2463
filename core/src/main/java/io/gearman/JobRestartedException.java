// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/**
 * The worker of a streaming job was lost after it had sent data, and the job runs again from its
 * start. Parts that were handed out already cannot be taken back.
 */
public final class JobRestartedException extends GearmanException implements Retryable {

  private static final long serialVersionUID = 1L;

  private final JobHandle handle;

  public JobRestartedException(JobHandle handle) {
    super("Job " + handle + " lost its worker in mid-stream and was started again", null);
    this.handle = handle;
  }

  public JobHandle handle() {
    return handle;
  }
}

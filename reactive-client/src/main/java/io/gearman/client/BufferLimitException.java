// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.GearmanException;
import io.gearman.JobHandle;

/** A job sent more than its subscriber asked for and more than the client keeps for it. */
public final class BufferLimitException extends GearmanException {

  private static final long serialVersionUID = 1L;

  private final JobHandle handle;
  private final int limit;

  BufferLimitException(JobHandle handle, int limit) {
    super(
        "The subscriber of job "
            + handle
            + " fell behind by more than the buffer limit of "
            + limit
            + " bytes",
        null);
    this.handle = handle;
    this.limit = limit;
  }

  public JobHandle handle() {
    return handle;
  }

  /** The limit in bytes. */
  public int limit() {
    return limit;
  }
}

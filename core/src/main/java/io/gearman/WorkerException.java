// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import java.nio.charset.StandardCharsets;

/**
 * The job ended with an exception of its worker (WORK_EXCEPTION), whose bytes are the worker's own.
 */
public final class WorkerException extends JobFailedException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN_BYTES = 200;

  private final byte[] bytes;

  public WorkerException(JobHandle handle, byte[] bytes) {
    super(handle, "Job " + handle + " ended with an exception of its worker: " + shown(bytes));
    this.bytes = bytes;
  }

  /** What the worker sent, uninterpreted. */
  public byte[] bytes() {
    return bytes;
  }

  private static String shown(byte[] bytes) {
    String text = new String(bytes, 0, Math.min(bytes.length, SHOWN_BYTES), StandardCharsets.UTF_8);
    return bytes.length > SHOWN_BYTES ? text + "... (" + bytes.length + " bytes)" : text;
  }
}

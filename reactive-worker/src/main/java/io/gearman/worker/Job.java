// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.JobHandle;
import io.gearman.protocol.Printable;

/**
 * A job that this worker runs.
 *
 * @param handle its name on the server that gave it
 * @param function the function it was submitted to
 * @param unique the unique id as submitted, empty if there is none
 * @param reducer the function that the parts of this job are for, empty if it was submitted without
 * @param workload the argument of the function; the array belongs to the function
 */
public record Job(
    JobHandle handle, String function, String unique, String reducer, byte[] workload) {

  /** Fit to be printed: whoever submits a job chooses its unique id. */
  @Override
  public String toString() {
    return "Job[%s, %s, unique \"%s\", %d bytes]"
        .formatted(handle, Printable.name(function), Printable.name(unique), workload.length);
  }
}

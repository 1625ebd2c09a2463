// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import java.util.Arrays;

/**
 * Something that happened to a submitted job. A job begins with {@link Created} and ends with
 * {@link Completed}; failure is an {@code onError} signal, never an event. The events that a worker
 * can cause are {@link JobUpdate}s.
 *
 * <p>Byte arrays are handed over, not copied: whoever receives one owns it.
 */
public sealed interface JobEvent permits JobEvent.Created, JobEvent.Restarted, JobUpdate {

  /** The server has accepted the job (JOB_CREATED). */
  record Created(JobHandle handle) implements JobEvent {}

  /**
   * The worker was lost after it had sent data and the job runs again from its start: what came
   * before this event is void.
   */
  record Restarted() implements JobEvent {}

  /** A part of the result (WORK_DATA). */
  record Data(byte[] bytes) implements JobUpdate {
    @Override
    public boolean equals(Object other) {
      return other instanceof Data that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Data[" + bytes.length + " bytes]";
    }
  }

  /** A warning (WORK_WARNING); the job goes on. */
  record Warning(byte[] bytes) implements JobUpdate {
    @Override
    public boolean equals(Object other) {
      return other instanceof Warning that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Warning[" + bytes.length + " bytes]";
    }
  }

  /**
   * Progress (WORK_STATUS). Its unit is the worker's own; both numbers are 0 to 2^32-1 on gearmand.
   *
   * @param done how much is done
   * @param total how much there is, 0 if unknown
   */
  record Status(long done, long total) implements JobUpdate {}

  /** The end of a job that succeeded, with the rest of its result or all of it (WORK_COMPLETE). */
  record Completed(byte[] bytes) implements JobUpdate {
    @Override
    public boolean equals(Object other) {
      return other instanceof Completed that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Completed[" + bytes.length + " bytes]";
    }
  }
}

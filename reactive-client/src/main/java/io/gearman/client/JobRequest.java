// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.util.Objects.requireNonNull;

import io.gearman.Priority;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A job to submit. The workload is handed over, not copied.
 *
 * @param function what to run, 1 to 512 bytes in UTF-8
 * @param workload the argument of the function, uninterpreted
 * @param priority how it stands against other waiting jobs
 * @param unique the unique id, at most 63 bytes in UTF-8: a job of the same function and unique id
 *     that has not ended is joined instead of started again. Empty for none; {@code "-"} makes the
 *     workload itself the unique id
 */
public record JobRequest(String function, byte[] workload, Priority priority, String unique) {

  private static final int MAX_FUNCTION = 512;
  private static final int MAX_UNIQUE = 63;

  public JobRequest {
    requireNonNull(workload, "workload");
    requireNonNull(priority, "priority");
    if (function.isEmpty()) {
      throw new IllegalArgumentException("function must not be empty");
    }
    check("function", function, MAX_FUNCTION);
    check("unique", unique, MAX_UNIQUE);
  }

  /** A job of normal priority without a unique id. */
  public static JobRequest of(String function, byte[] workload) {
    return new JobRequest(function, workload, Priority.NORMAL, "");
  }

  public JobRequest withPriority(Priority priority) {
    return new JobRequest(function, workload, priority, unique);
  }

  public JobRequest withUnique(String unique) {
    return new JobRequest(function, workload, priority, unique);
  }

  private static void check(String name, String value, int limit) {
    int length = value.getBytes(StandardCharsets.UTF_8).length;
    if (length > limit) {
      throw new IllegalArgumentException(
          "%s must be at most %d bytes, not %d: \"%s\"".formatted(name, limit, length, value));
    }
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(name + " must not contain a NUL");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JobRequest that
        && function.equals(that.function)
        && Arrays.equals(workload, that.workload)
        && priority == that.priority
        && unique.equals(that.unique);
  }

  @Override
  public int hashCode() {
    return 31 * function.hashCode() + Arrays.hashCode(workload);
  }

  @Override
  public String toString() {
    return "JobRequest[%s, %d bytes, %s, unique \"%s\"]"
        .formatted(function, workload.length, priority, unique);
  }

  Packet inForeground() {
    return packet(
        switch (priority) {
          case HIGH -> PacketType.SUBMIT_JOB_HIGH;
          case NORMAL -> PacketType.SUBMIT_JOB;
          case LOW -> PacketType.SUBMIT_JOB_LOW;
        });
  }

  Packet inBackground() {
    return packet(
        switch (priority) {
          case HIGH -> PacketType.SUBMIT_JOB_HIGH_BG;
          case NORMAL -> PacketType.SUBMIT_JOB_BG;
          case LOW -> PacketType.SUBMIT_JOB_LOW_BG;
        });
  }

  private Packet packet(PacketType type) {
    return Packet.request(
        type,
        function.getBytes(StandardCharsets.UTF_8),
        unique.getBytes(StandardCharsets.UTF_8),
        workload);
  }
}

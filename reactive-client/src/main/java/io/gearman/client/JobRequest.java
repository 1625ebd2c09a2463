// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.gearman.PayloadCodec;
import io.gearman.Priority;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job to submit. The workload is handed over, not copied.
 *
 * @param function what to run, 1 to 512 bytes in UTF-8
 * @param workload the argument of the function, uninterpreted
 * @param priority how it stands against other waiting jobs; NORMAL if it has a time or a reducer,
 *     as the protocol has no other
 * @param unique which jobs are one with it
 * @param notBefore when a background job may begin, in seconds of the epoch on the server's clock;
 *     null for at once
 * @param reducer for workers that partition: the function that gets the parts; empty for none
 * @param attempts how often the job is sent at most if the answer is lost or late, so that it is
 *     not known whether it was accepted, or if the server has lost it; 1 or more. With more than 1
 *     a job without a unique id gets a generated one: a server that has the job still does not
 *     start it twice. It may run twice all the same, if it had ended by then or goes to another
 *     server; and one that is joined while it runs brings only what it sends from then on
 * @param idleLimit how long a job that was accepted may bring nothing while all that came was
 *     taken; more than 0, null for ever. Time in the queue counts
 * @param totalLimit how long it may take from the subscription to its end; more than 0, null for
 *     ever
 * @param failFast whether a server without a worker for the function counts as refusing the job; it
 *     is asked on a connection of its own
 */
public record JobRequest(
    String function,
    byte[] workload,
    Priority priority,
    UniqueId unique,
    @Nullable Instant notBefore,
    String reducer,
    int attempts,
    @Nullable Duration idleLimit,
    @Nullable Duration totalLimit,
    boolean failFast) {

  private static final int MAX_FUNCTION = 512;
  private static final Duration MAX_LIMIT = Duration.ofNanos(Long.MAX_VALUE); // 292 years
  private static final byte[] UNUSED = {};
  private static final int MAX_BYTES_PER_CHAR = 3; // a pair of surrogates takes 4

  public JobRequest {
    requireNonNull(workload, "workload");
    requireNonNull(priority, "priority");
    requireNonNull(unique, "unique");
    if (function.isEmpty()) {
      throw new IllegalArgumentException("function must not be empty");
    }
    check("function", function, MAX_FUNCTION);
    check("reducer", reducer, MAX_FUNCTION);
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be 1 or more, not " + attempts);
    }
    if (idleLimit != null) {
      requireLimit("idleLimit", idleLimit);
    }
    if (totalLimit != null) {
      requireLimit("totalLimit", totalLimit);
    }
    if (notBefore != null && notBefore.getEpochSecond() < 0) {
      throw new IllegalArgumentException("notBefore must be 1970 or later, not " + notBefore);
    }
    if (notBefore != null && !reducer.isEmpty()) {
      throw new IllegalArgumentException("A job has a time or a reducer, not both");
    }
    if (priority != Priority.NORMAL && (notBefore != null || !reducer.isEmpty())) {
      throw new IllegalArgumentException(
          "A job with a time or a reducer is of priority NORMAL, not " + priority);
    }
  }

  /** A job of normal priority without a unique id. */
  public static JobRequest of(String function, byte[] workload) {
    return new JobRequest(
        function, workload, Priority.NORMAL, UniqueId.none(), null, "", 1, null, null, false);
  }

  /**
   * As {@link #of(String, byte[])}, for a value.
   *
   * @throws io.gearman.PayloadException if the codec cannot encode it
   */
  public static <T> JobRequest of(String function, T value, PayloadCodec<T> codec) {
    return of(function, codec.encodeFor(function, value));
  }

  public JobRequest withPriority(Priority priority) {
    return new JobRequest(
        function,
        workload,
        priority,
        unique,
        notBefore,
        reducer,
        attempts,
        idleLimit,
        totalLimit,
        failFast);
  }

  public JobRequest withUnique(UniqueId unique) {
    return new JobRequest(
        function,
        workload,
        priority,
        unique,
        notBefore,
        reducer,
        attempts,
        idleLimit,
        totalLimit,
        failFast);
  }

  /** As {@link #withUnique(UniqueId)} with an id of the caller's own; an empty one is none. */
  public JobRequest withUnique(String unique) {
    return withUnique(UniqueId.of(unique));
  }

  public JobRequest withNotBefore(Instant notBefore) {
    return new JobRequest(
        function,
        workload,
        priority,
        unique,
        notBefore,
        reducer,
        attempts,
        idleLimit,
        totalLimit,
        failFast);
  }

  public JobRequest withReducer(String reducer) {
    return new JobRequest(
        function,
        workload,
        priority,
        unique,
        notBefore,
        reducer,
        attempts,
        idleLimit,
        totalLimit,
        failFast);
  }

  public JobRequest withAttempts(int attempts) {
    return new JobRequest(
        function,
        workload,
        priority,
        unique,
        notBefore,
        reducer,
        attempts,
        idleLimit,
        totalLimit,
        failFast);
  }

  public JobRequest withIdleLimit(Duration idleLimit) {
    return new JobRequest(
        function,
        workload,
        priority,
        unique,
        notBefore,
        reducer,
        attempts,
        idleLimit,
        totalLimit,
        failFast);
  }

  public JobRequest withTotalLimit(Duration totalLimit) {
    return new JobRequest(
        function,
        workload,
        priority,
        unique,
        notBefore,
        reducer,
        attempts,
        idleLimit,
        totalLimit,
        failFast);
  }

  public JobRequest withFailFast(boolean failFast) {
    return new JobRequest(
        function,
        workload,
        priority,
        unique,
        notBefore,
        reducer,
        attempts,
        idleLimit,
        totalLimit,
        failFast);
  }

  static void check(String name, String value, int limit) {
    if (value.length() > limit / MAX_BYTES_PER_CHAR) { // else it need not be encoded to be counted
      int length = value.getBytes(UTF_8).length;
      if (length > limit) {
        throw new IllegalArgumentException(
            "%s must be at most %d bytes, not %d: \"%s\"".formatted(name, limit, length, value));
      }
    }
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(name + " must not contain a NUL");
    }
  }

  /** The range that timers take. */
  static Duration requireLimit(String name, Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(name + " must be more than 0, not " + limit);
    }
    if (limit.compareTo(MAX_LIMIT) > 0) {
      throw new IllegalArgumentException(
          name + " must be at most " + MAX_LIMIT.toDays() + " days, not " + limit);
    }
    return limit;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JobRequest that
        && Arrays.equals(workload, that.workload)
        && attributes().equals(that.attributes());
  }

  @Override
  public int hashCode() {
    return 31 * function.hashCode() + Arrays.hashCode(workload);
  }

  private List<@Nullable Object> attributes() {
    return Arrays.asList(
        function, priority, unique, notBefore, reducer, attempts, idleLimit, totalLimit, failFast);
  }

  /** The function, the priority and the unique id; of the workload only the length. */
  @Override
  public String toString() {
    return "JobRequest[%s, %d bytes, %s, unique \"%s\"]"
        .formatted(function, workload.length, priority, unique.text());
  }

  /** This job under the names that servers have for its functions. */
  JobRequest in(String namespace) {
    return namespace.isEmpty()
        ? this
        : new JobRequest(
            namespace + function,
            workload,
            priority,
            unique,
            notBefore,
            reducer.isEmpty() ? "" : namespace + reducer,
            attempts,
            idleLimit,
            totalLimit,
            failFast);
  }

  /** This job as one subscription submits it: with the unique id that it keeps. */
  JobRequest fixed() {
    UniqueId wanted =
        attempts > 1 && unique.kind() == UniqueId.Kind.NONE ? UniqueId.generated() : unique;
    UniqueId fixed = wanted.fixed(workload);
    return fixed.equals(unique) ? this : withUnique(fixed);
  }

  /**
   * @throws IllegalArgumentException if it has a time: such jobs run in the background only
   */
  Packet inForeground() {
    if (notBefore != null) {
      throw new IllegalArgumentException(
          "A job that is to begin at " + notBefore + " can only be enqueued, not run");
    }
    return packet(
        switch (priority) {
          case HIGH -> PacketType.SUBMIT_JOB_HIGH;
          case NORMAL -> PacketType.SUBMIT_JOB;
          case LOW -> PacketType.SUBMIT_JOB_LOW;
        },
        PacketType.SUBMIT_REDUCE_JOB);
  }

  Packet inBackground() {
    if (notBefore != null) {
      byte[] epoch = Long.toString(notBefore.getEpochSecond()).getBytes(US_ASCII);
      return Packet.request(
          PacketType.SUBMIT_JOB_EPOCH, function.getBytes(UTF_8), unique.bytes(), epoch, workload);
    }
    return packet(
        switch (priority) {
          case HIGH -> PacketType.SUBMIT_JOB_HIGH_BG;
          case NORMAL -> PacketType.SUBMIT_JOB_BG;
          case LOW -> PacketType.SUBMIT_JOB_LOW_BG;
        },
        PacketType.SUBMIT_REDUCE_JOB_BACKGROUND);
  }

  private Packet packet(PacketType type, PacketType reduceType) {
    byte[] name = function.getBytes(UTF_8);
    return reducer.isEmpty()
        ? Packet.request(type, name, unique.bytes(), workload)
        : Packet.request(
            reduceType, name, unique.bytes(), reducer.getBytes(UTF_8), UNUSED, workload);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A limit that the client had set was reached. The job is cancelled as far as the server knows of
 * it, but it may have run.
 */
public final class JobTimeoutException extends GearmanException {

  private static final long serialVersionUID = 1L;

  /** What took too long. */
  public enum Limit {
    /** The answer to a request (JOB_CREATED): the server may or may not have accepted the job. */
    ACCEPT,
    /** The next event of a job that was accepted. */
    IDLE,
    /** All of the job, from its subscription on. */
    TOTAL
  }

  private final Limit limit;
  private final Duration duration;
  private final String server;
  private final @Nullable JobHandle handle;

  /**
   * @param server the server as {@code host:port}, empty if all of the job took too long
   * @param handle the handle of the job, or null if the limit is not IDLE
   */
  public JobTimeoutException(
      Limit limit, Duration duration, String server, @Nullable JobHandle handle) {
    super(message(limit, duration, server, handle), null);
    this.limit = limit;
    this.duration = duration;
    this.server = server;
    this.handle = handle;
  }

  private static String message(
      Limit limit, Duration duration, String server, @Nullable JobHandle handle) {
    String job = handle == null ? "The job" : "Job " + handle;
    return switch (limit) {
      case ACCEPT ->
          "Server %s has not answered a request for %d ms".formatted(server, duration.toMillis());
      case IDLE -> "%s has sent nothing for %d ms".formatted(job, duration.toMillis());
      case TOTAL -> "%s has not ended in %d ms".formatted(job, duration.toMillis());
    };
  }

  public Limit limit() {
    return limit;
  }

  /** How long it may take. */
  public Duration duration() {
    return duration;
  }

  /** The server as {@code host:port}, empty if all of the job took too long. */
  public String server() {
    return server;
  }

  /** The handle of the job, or null if the limit is not IDLE. */
  public @Nullable JobHandle handle() {
    return handle;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import org.jspecify.annotations.Nullable;

/**
 * The connection to a job server could not be made, or was lost before the answer came. The {@link
 * Phase} says what is known of the request that was under way.
 */
public final class ConnectionException extends GearmanException implements Retryable {

  private static final long serialVersionUID = 1L;

  /** How far a request had come when its connection failed. */
  public enum Phase {
    /** Nothing was sent: the server has certainly not seen the request. */
    CONNECT,
    /**
     * The request may have been sent and not been answered: the server may or may not have accepted
     * it.
     */
    UNANSWERED,
    /**
     * The server had accepted the job: it may be running, and nothing more will be heard of it
     * here.
     */
    ACCEPTED
  }

  private final String server;
  private final Phase phase;

  public ConnectionException(
      String server, Phase phase, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.server = server;
    this.phase = phase;
  }

  /** The server as {@code host:port}. */
  public String server() {
    return server;
  }

  public Phase phase() {
    return phase;
  }
}

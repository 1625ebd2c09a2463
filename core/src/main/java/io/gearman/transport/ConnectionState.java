// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the connection to a server stands.
 *
 * @param server where it leads
 * @param status what can be expected of it
 * @param since when it came to this
 * @param failures attempts that have failed in a row, 0 after one that has held
 * @param cause why it is not ready, or null if it is or nothing has failed
 */
public record ConnectionState(
    ServerAddress server, Status status, Instant since, int failures, @Nullable Throwable cause) {

  /** What can be expected of a connection. */
  public enum Status {
    /** Nobody has wanted it yet. */
    IDLE,
    /** It is being made for the first time, or again after it was lost. */
    CONNECTING,
    /** It is made and set up. */
    READY,
    /** It could not be made, or not soon; attempts go on. */
    DOWN,
    /** Its owner has been disposed of. */
    CLOSED
  }
}

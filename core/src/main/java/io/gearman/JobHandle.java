// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * The name a job server gave to a job, together with the server that gave it: handles are unique
 * per server only.
 *
 * @param server the server as {@code host:port}
 * @param id the handle as it travels on the wire, such as {@code H:node1:7}; at most 63 bytes
 */
public record JobHandle(String server, String id) implements Serializable {

  private static final int MAX_ID = 63; // servers answer nothing at all to longer ones
  private static final String SEPARATOR = "//";

  public JobHandle {
    requireNonNull(server, "server");
    requireNonNull(id, "id");
    if (id.length() > MAX_ID || id.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "A job handle must be at most %d bytes without a NUL, not %d: \"%s\""
              .formatted(MAX_ID, id.length(), id));
    }
    if (server.isEmpty() || id.isEmpty()) {
      throw new IllegalArgumentException(
          "A job handle needs a server and an id, not \"%s\" and \"%s\"".formatted(server, id));
    }
  }

  /**
   * Reads what {@link #toString()} wrote.
   *
   * @throws IllegalArgumentException if the text is not of the form {@code host:port//handle}
   */
  public static JobHandle parse(String text) {
    int separator = text.indexOf(SEPARATOR);
    if (separator <= 0 || separator + SEPARATOR.length() == text.length()) {
      throw new IllegalArgumentException(
          "Job handle \"" + text + "\" is not of the form host:port//handle");
    }
    return new JobHandle(
        text.substring(0, separator), text.substring(separator + SEPARATOR.length()));
  }

  /** The handle with its server, {@code host:port//handle}. */
  @Override
  public String toString() {
    return server + SEPARATOR + id;
  }
}

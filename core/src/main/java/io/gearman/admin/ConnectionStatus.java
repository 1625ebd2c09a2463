// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import java.util.List;
import java.util.stream.Stream;

/**
 * A connection to a job server (a row of {@code workers}).
 *
 * @param fd the number of the connection in the server, its file descriptor in gearmand; 0 or more
 * @param address where the connection comes from, an IPv4 or IPv6 address; in gearmand 1.1.20 not
 *     to be trusted for IPv6
 * @param clientId the id that the other side gave itself, {@code "-"} if none; it may have blanks
 * @param functions what it can run, as the server lists them; empty for a client
 */
public record ConnectionStatus(long fd, String address, String clientId, List<String> functions) {

  private static final String COLON = " :";

  public ConnectionStatus {
    functions = List.copyOf(functions);
  }

  /** An id may have blanks, and even colons between blanks, which functions have not. */
  static ConnectionStatus parse(String line) {
    int address = line.indexOf(' ') + 1;
    int id = line.indexOf(' ', address) + 1;
    int colon = line.endsWith(COLON) ? line.length() - 2 : line.lastIndexOf(COLON + ' ');
    if (address == 0 || id == 0 || colon < id - 1) {
      throw new IllegalArgumentException("A blank or the colon is missing");
    }
    return new ConnectionStatus(
        Row.number(line.substring(0, address - 1)),
        line.substring(address, id - 1),
        line.substring(Math.min(id, colon), colon),
        Stream.of(line.substring(colon + COLON.length()).split(" "))
            .filter(function -> !function.isEmpty())
            .toList());
  }
}

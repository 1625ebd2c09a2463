// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.util.Objects.requireNonNull;

/**
 * Where a job server listens. The host is looked up at each attempt to connect, never here.
 *
 * @param host name or address; an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record ServerAddress(String host, int port) {

  /** The port registered for Gearman. */
  public static final int DEFAULT_PORT = 4730;

  private static final int MAX_PORT = 65535;

  public ServerAddress {
    requireNonNull(host, "host");
    if (host.isBlank()) {
      throw new IllegalArgumentException("The host of a server must not be empty");
    }
    if (host.indexOf('[') >= 0 || host.indexOf(']') >= 0) {
      throw new IllegalArgumentException("The host of a server is without brackets, not " + host);
    }
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException(
          "The port of server " + host + " must be 1 to " + MAX_PORT + ", not " + port);
    }
  }

  /**
   * Reads {@code host}, {@code host:port} or {@code [ipv6]:port}; without a port it is {@link
   * #DEFAULT_PORT}.
   *
   * @throws IllegalArgumentException if the text is none of these
   */
  public static ServerAddress parse(String text) {
    String trimmed = text.trim();
    int bracket = trimmed.lastIndexOf(']');
    int colon = trimmed.indexOf(':', Math.max(bracket, 0));
    String host = colon < 0 ? trimmed : trimmed.substring(0, colon);
    if (bracket >= 0) {
      if (!trimmed.startsWith("[") || host.length() != bracket + 1) {
        throw new IllegalArgumentException(
            "Server \"" + text + "\" is not of the form [address]:port");
      }
      host = host.substring(1, bracket);
    }
    return new ServerAddress(
        host, colon < 0 ? DEFAULT_PORT : port(text, trimmed.substring(colon + 1)));
  }

  private static int port(String text, String digits) {
    if (digits.matches("[0-9]{1,5}")) {
      return Integer.parseInt(digits);
    }
    throw new IllegalArgumentException(
        "The port of server \"%s\" must be 1 to %d, not \"%s\"".formatted(text, MAX_PORT, digits));
  }

  /** {@code host:port}, with an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + port;
  }
}

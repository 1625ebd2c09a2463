// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where a job server listens. The host is looked up at each attempt to connect, never here.
 *
 * @param host name or address; an IPv6 address without brackets
 * @param port 1 to 65535
 * @param tls whether the server speaks TLS there; {@link ConnectionSettings} say how
 */
public record ServerAddress(String host, int port, boolean tls) {

  /** The port registered for Gearman. */
  public static final int DEFAULT_PORT = 4730;

  /** The environment variable with a list of servers, as libgearman reads it. */
  public static final String SERVERS_VARIABLE = "GEARMAN_SERVERS";

  private static final int MAX_PORT = 65535;
  private static final String TLS = "tls://";
  private static final String SEPARATOR = ",";

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

  /** A server that does not speak TLS. */
  public ServerAddress(String host, int port) {
    this(host, port, false);
  }

  /**
   * Reads {@code host}, {@code host:port} or {@code [ipv6]:port}, each also behind {@code tls://};
   * without a port it is {@link #DEFAULT_PORT}.
   *
   * @throws IllegalArgumentException if the text is none of these
   */
  public static ServerAddress parse(String text) {
    String trimmed = text.trim();
    boolean tls = trimmed.regionMatches(true, 0, TLS, 0, TLS.length());
    String plain = tls ? trimmed.substring(TLS.length()) : trimmed;
    int bracket = plain.lastIndexOf(']');
    int colon = plain.indexOf(':', Math.max(bracket, 0));
    String host = colon < 0 ? plain : plain.substring(0, colon);
    if (bracket >= 0) {
      if (!plain.startsWith("[") || host.length() != bracket + 1) {
        throw new IllegalArgumentException(
            "Server \"" + text + "\" is not of the form [address]:port");
      }
      host = host.substring(1, bracket);
    }
    int port = colon < 0 ? DEFAULT_PORT : port(text, plain.substring(colon + 1));
    return new ServerAddress(host, port, tls);
  }

  private static int port(String text, String digits) {
    if (digits.matches("[0-9]{1,5}")) {
      return Integer.parseInt(digits);
    }
    throw new IllegalArgumentException(
        "The port of server \"%s\" must be 1 to %d, not \"%s\"".formatted(text, MAX_PORT, digits));
  }

  /**
   * Reads a list of servers with commas between them, each as {@link #parse} reads it, in the order
   * of the list. Servers with TLS and without may be mixed.
   *
   * @throws IllegalArgumentException if a server cannot be read, is empty (as after a comma at the
   *     end) or is in the list twice
   */
  public static List<ServerAddress> parseList(String text) {
    return requireList(
        Stream.of(text.split(SEPARATOR, -1)).map(item -> parseItem(item, text)).toList());
  }

  private static ServerAddress parseItem(String item, String list) {
    if (item.isBlank()) {
      throw new IllegalArgumentException("The list of servers \"" + list + "\" has an empty item");
    }
    return parse(item);
  }

  /**
   * The servers of the environment variable {@link #SERVERS_VARIABLE}, read as by {@link
   * #parseList}, or {@code localhost:4730} if it is not set or empty.
   */
  public static List<ServerAddress> fromEnvironment() {
    return fromEnvironment(System.getenv());
  }

  static List<ServerAddress> fromEnvironment(Map<String, String> environment) {
    String servers = environment.getOrDefault(SERVERS_VARIABLE, "");
    return servers.isBlank()
        ? List.of(new ServerAddress("localhost", DEFAULT_PORT))
        : parseList(servers);
  }

  /**
   * A copy of a list of servers to choose from.
   *
   * @throws IllegalArgumentException if the list is empty, or has a server twice: handles could not
   *     say which of the two is meant, even if only one of them speaks TLS
   */
  public static List<ServerAddress> requireList(List<ServerAddress> servers) {
    List<ServerAddress> copy = List.copyOf(servers);
    if (copy.isEmpty()) {
      throw new IllegalArgumentException("The list of servers must not be empty");
    }
    Map<String, ServerAddress> known = new HashMap<>();
    for (ServerAddress server : copy) {
      if (known.put(server.toString(), server) != null) {
        throw new IllegalArgumentException("Server " + server + " is in the list twice: " + copy);
      }
    }
    return copy;
  }

  /**
   * {@code host:port}, with an IPv6 address in brackets: the name of the server in handles and
   * errors, which is the same with TLS and without.
   */
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + port;
  }
}

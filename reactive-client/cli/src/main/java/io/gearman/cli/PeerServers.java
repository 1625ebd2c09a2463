// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.transport.ServerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Which servers a client or a worker is told to use, in order of preference. */
final class PeerServers {

  /** What Debian's gearman reads, and then what its library reads. */
  private static final List<String> VARIABLES =
      List.of("GEARMAN_SERVER", ServerAddress.SERVERS_VARIABLE);

  private PeerServers() {}

  /**
   * Those of the options, or else those of the environment, or else the one of this host.
   *
   * @throws IllegalArgumentException naming the option or the variable and what is wrong with it
   */
  static List<ServerAddress> of(PeerOptions options, UnaryOperator<@Nullable String> environment) {
    Range.check("-p", options.port, 1, Range.MAX_PORT);
    if (options.host != null && options.host.isBlank()) {
      throw new IllegalArgumentException("-h must not be empty");
    }
    if (options.servers != null) {
      if (options.host != null || options.port != null) {
        throw new IllegalArgumentException("--servers takes the place of -h and -p: give either");
      }
      return parse("--servers", options.servers);
    }
    if (options.host == null && options.port == null) {
      List<ServerAddress> servers = ofEnvironment(environment);
      if (!servers.isEmpty()) {
        return servers;
      }
    }
    return List.of(
        new ServerAddress(
            options.host == null ? "localhost" : options.host,
            options.port == null ? ServerAddress.DEFAULT_PORT : options.port));
  }

  /** A server that both variables name is in the list once. */
  private static List<ServerAddress> ofEnvironment(UnaryOperator<@Nullable String> environment) {
    List<ServerAddress> servers = new ArrayList<>();
    for (String variable : VARIABLES) {
      String text = environment.apply(variable);
      if (text != null && !text.isBlank()) {
        parse(variable, text).stream()
            .filter(server -> servers.stream().noneMatch(known -> isSame(known, server)))
            .forEach(servers::add);
      }
    }
    return servers;
  }

  private static boolean isSame(ServerAddress one, ServerAddress other) {
    return one.toString().equals(other.toString());
  }

  private static List<ServerAddress> parse(String name, String list) {
    try {
      return ServerAddress.parseList(list);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }
}

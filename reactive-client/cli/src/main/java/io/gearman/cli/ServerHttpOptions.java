// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.server.JobServer;
import io.gearman.server.http.HttpListener;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options about HTTP of {@code gearman server}. */
final class ServerHttpOptions {

  private static final String ONLY_PROTOCOL = "http";

  @Option(
      names = "--http-listen",
      paramLabel = "HOST",
      description = "Address of the HTTP port; 127.0.0.1 by default.")
  private @Nullable String listen;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description =
          "Port for a live page, /metrics and /health, 0 for any; by default there is none, or 8080 with"
              + " --protocol.")
  private @Nullable Integer port;

  @Option(
      names = {"-r", "--protocol"},
      paramLabel = "NAME",
      description =
          "http: take jobs over HTTP as well, at /jobs/FUNCTION, from everybody who reaches the"
              + " port.")
  private @Nullable String protocol;

  /**
   * What makes the listener of a server; null if there is to be none.
   *
   * @throws IllegalArgumentException naming the option and what is wrong with it
   */
  @Nullable Function<JobServer.Bound, HttpListener> listener() {
    if (protocol != null && !protocol.equals(ONLY_PROTOCOL)) {
      throw new IllegalArgumentException(
          "--protocol %s is not supported, only %s".formatted(protocol, ONLY_PROTOCOL));
    }
    Range.check("--http-port", port, 0, Range.MAX_PORT);
    if (port == null && protocol == null) {
      if (listen != null) {
        throw new IllegalArgumentException("--http-listen needs --http-port");
      }
      return null;
    }
    int onPort = port == null ? HttpListener.DEFAULT_PORT : port;
    String host = listen == null ? null : ServerSetup.resolved("--http-listen", listen);
    boolean jobs = protocol != null;
    return server -> {
      HttpListener local = HttpListener.create(server).port(onPort).jobs(jobs);
      return host == null ? local : local.host(host);
    };
  }
}

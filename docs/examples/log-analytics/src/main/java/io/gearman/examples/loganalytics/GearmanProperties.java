// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the jobs go.
 *
 * @param servers the job servers as {@code host:port}, with commas between them; none to start one
 *     in this process
 * @param connectLimit how long a job waits for a server to be ready
 * @param window chunks that a worker may be ahead of the reader of its job
 * @param worker the worker of this process
 */
@ConfigurationProperties("gearman")
record GearmanProperties(
    @Nullable String servers,
    @DefaultValue("10s") Duration connectLimit,
    @DefaultValue("4") int window,
    @DefaultValue Worker worker) {

  private static final String SERVERS = "gearman.servers";

  GearmanProperties {
    if (servers != null && !servers.isBlank()) {
      addresses(servers);
    }
    BadSettingException.check(
        "gearman.connect-limit", connectLimit.toMillis(), 1, Duration.ofHours(1).toMillis(), " ms");
    BadSettingException.check("gearman.window", window, 1, 65_536, "");
  }

  /**
   * @param concurrency how many blocks are held at once: many more than there are CPUs, since most
   *     may be waiting for a reader who is slow, and those take no thread
   */
  record Worker(@DefaultValue("256") int concurrency) {

    Worker {
      BadSettingException.check("gearman.worker.concurrency", concurrency, 1, 1024, "");
    }
  }

  /** The servers to use, none to start one. */
  List<ServerAddress> addresses() {
    return servers == null || servers.isBlank() ? List.of() : addresses(servers);
  }

  private static List<ServerAddress> addresses(String text) {
    if (!Stream.of(text.split(",", -1)).allMatch(item -> item.trim().matches(".+:\\d+"))) {
      throw BadSettingException.of(SERVERS, text, "a list of host:port with commas between them");
    }
    try {
      return ServerAddress.parseList(text);
    } catch (IllegalArgumentException e) {
      throw BadSettingException.of(
          SERVERS, text, "a list of different host:port, each port 1 to 65535");
    }
  }
}

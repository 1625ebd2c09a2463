// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.transport.ServerAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the jobs go.
 *
 * @param servers the job server as {@code host:port}, one for now; none to start one in this
 *     process
 * @param worker the worker of this process
 */
@ConfigurationProperties("gearman")
record GearmanProperties(@Nullable String servers, @DefaultValue Worker worker) {

  private static final String SERVERS = "gearman.servers";

  GearmanProperties {
    if (servers != null && !servers.isBlank()) {
      address(servers);
    }
  }

  /**
   * @param concurrency how many blocks are counted at once; by default one per CPU, at least 2
   */
  record Worker(@Nullable Integer concurrency) {

    Worker {
      if (concurrency == null) {
        concurrency = Math.max(2, Runtime.getRuntime().availableProcessors());
      }
      BadSettingException.check("gearman.worker.concurrency", concurrency, 1, 1024, "");
    }

    int slots() {
      return concurrency == null ? 0 : concurrency;
    }
  }

  /** The server to use, null to start one. */
  @Nullable ServerAddress server() {
    return servers == null || servers.isBlank() ? null : address(servers);
  }

  private static ServerAddress address(String text) {
    if (text.indexOf(',') >= 0) {
      throw BadSettingException.of(SERVERS, text, "one host:port; lists are not supported yet");
    }
    if (!text.trim().matches(".+:\\d+")) {
      throw BadSettingException.of(SERVERS, text, "of the form host:port");
    }
    try {
      return ServerAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw BadSettingException.of(SERVERS, text, "of the form host:port, the port 1 to 65535");
    }
  }
}

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
 * @param window chunks that a worker may be ahead of the reader of its job
 * @param worker the worker of this process
 */
@ConfigurationProperties("gearman")
record GearmanProperties(
    @Nullable String servers, @DefaultValue("4") int window, @DefaultValue Worker worker) {

  private static final String SERVERS = "gearman.servers";

  GearmanProperties {
    if (servers != null && !servers.isBlank()) {
      address(servers);
    }
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

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A loopback device that processes have for themselves, whose segments are as small as those of an
 * Ethernet: a network namespace, which only root may make. It lasts as long as a process in it.
 */
record Ethernet(Child holder, Path nsenter) implements AutoCloseable {

  private static final int MTU = 1_500;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  static Ethernet open(Tools tools) {
    String script =
        "%s link set lo mtu %d up && echo ready && exec cat".formatted(needed("ip"), MTU);
    Child holder =
        Child.start(
            "network of small segments",
            List.of(needed("unshare").toString(), "--net", "sh", "-c", script),
            tools.folder(),
            tools.folder().resolve("network.log"));
    try {
      holder.awaitReady(PATIENCE);
      return new Ethernet(holder, needed("nsenter"));
    } catch (LoadException e) {
      holder.close();
      throw e;
    }
  }

  private static Path needed(String program) {
    return Tools.find(program).orElseThrow(() -> new LoadException(program + " is not installed"));
  }

  /** What comes before the command of a process that is to be in it. */
  List<String> prefix() {
    return List.of(nsenter.toString(), "--net=/proc/%d/ns/net".formatted(holder.pid()));
  }

  @Override
  public void close() {
    holder.close();
  }
}

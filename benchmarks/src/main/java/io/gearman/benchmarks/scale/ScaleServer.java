// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.server.JobServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/**
 * A job server in a process of its own. It prints its port, answers each line of input with the
 * heap that is in use, in bytes, and ends with its input.
 */
final class ScaleServer {

  private ScaleServer() {}

  @SuppressWarnings("SystemOut") // which is how the parent hears
  public static void main(String[] args) throws IOException {
    var server =
        JobServer.create()
            .port(0)
            .maxQueuedBytes(Long.MAX_VALUE)
            .maxFunctions(Integer.MAX_VALUE)
            .bind()
            .blockOptional()
            .orElseThrow();
    System.out.println(server.port());
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
    while (input.readLine() != null) {
      System.out.println(usedHeap());
    }
    server.disposeNow();
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    System.gc(); // what the first has left to reference handlers
    return runtime.totalMemory() - runtime.freeMemory();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;

/** What this process uses, server and test together. */
final class Memory {

  private static final int COLLECTIONS = 2; // the first leaves what has a reference queue

  private Memory() {}

  /** Bytes of reachable objects and of Netty's direct buffers. */
  static long used() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory() + PlatformDependent.usedDirectMemory();
  }

  static void requireGrowthBelow(long bytes, long before) {
    long grown = used() - before;
    assertThat(grown).as("bytes used more than before").isLessThan(bytes);
  }
}

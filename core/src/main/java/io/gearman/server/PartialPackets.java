// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the large packets that have not wholly arrived may take together: anybody may send most of
 * one and then nothing more.
 */
final class PartialPackets {

  private final long max;

  /** Connections may be on many event loops, and what they hold counts together. */
  private final AtomicLong held = new AtomicLong();

  /**
   * @param max in bytes
   */
  PartialPackets(long max) {
    this.max = max;
  }

  long max() {
    return max;
  }

  /** Says whether there was room for so many bytes, which are held from now on. */
  boolean take(int bytes) {
    if (held.addAndGet(bytes) <= max) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  void giveBack(int bytes) {
    held.addAndGet(-bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many files this process may open, sockets among them. A port that runs out of them can only
 * wait, a second each time, and nobody is told why.
 */
final class OpenFiles {

  private OpenFiles() {}

  /** So many, or as many as leave the rest of the process what it may need. */
  static int atMost(int wanted) {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? atMost(wanted, system.getMaxFileDescriptorCount())
        : wanted;
  }

  /**
   * 128 are left, or a tenth if that is more, but no more than half of them.
   *
   * @param files that may be open; below 0 if there is no limit
   */
  static int atMost(int wanted, long files) {
    if (files < 0) {
      return wanted;
    }
    long left = Math.max(files / 10, Math.min(128, files / 2));
    return (int) Math.min(wanted, files - left);
  }
}

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

  /** So many, or as many as leave a tenth of the files to the rest of the process. */
  static int atMost(int wanted) {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? (int) Math.min(wanted, Math.max(1, system.getMaxFileDescriptorCount() / 10 * 9))
        : wanted;
  }
}

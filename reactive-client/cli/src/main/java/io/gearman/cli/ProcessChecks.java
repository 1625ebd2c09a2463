// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The options about the process itself: what it cannot change, it refuses to pretend. */
final class ProcessChecks {

  private ProcessChecks() {}

  static void check(ServerOptions options) {
    if (options.daemon) {
      throw new IllegalArgumentException(
          "--daemon is refused, since a JVM cannot detach itself: run the server under systemd,"
              + " or in the background by &");
    }
    if (options.user != null && !options.user.equals(System.getProperty("user.name"))) {
      throw new IllegalArgumentException(
          "--user %s is refused, since a JVM cannot change its user, and this one runs as %s"
              .formatted(options.user, System.getProperty("user.name")));
    }
    if (options.fileDescriptors != null) {
      checkFileDescriptors(options.fileDescriptors);
    }
    if (options.pidFile != null) {
      check("--pid-file", options.pidFile, FileProblem.ofReplacing(options.pidFile));
    }
    if (options.logFile instanceof LogTarget.ToFile log) {
      check("--log-file", log.path(), FileProblem.ofAppending(log.path()));
    }
  }

  private static void checkFileDescriptors(long wanted) {
    Range.check("--file-descriptors", wanted, 1, Integer.MAX_VALUE);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < wanted) {
      throw new IllegalArgumentException(
          ("--file-descriptors %d is refused, since this process may open %d and cannot raise that:"
                  + " see ulimit -n, or LimitNOFILE of systemd")
              .formatted(wanted, system.getMaxFileDescriptorCount()));
    }
  }

  private static void check(String option, Path file, @Nullable String problem) {
    if (problem != null) {
      throw new IllegalArgumentException(
          "%s %s cannot be written: %s".formatted(option, file, problem));
    }
  }
}

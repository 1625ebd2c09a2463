// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

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
      checkFile("--pid-file", options.pidFile);
    }
    if (LogTarget.of(options.logFile) instanceof LogTarget.ToFile log) {
      checkFile("--log-file", log.path());
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

  private static void checkFile(String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new IllegalArgumentException("%s %s is a directory".formatted(option, file));
    }
    boolean writable = Files.exists(file) ? Files.isWritable(file) : Files.isWritable(folder);
    if (!Files.isDirectory(folder) || !writable) {
      throw new IllegalArgumentException("%s %s cannot be written".formatted(option, file));
    }
  }
}

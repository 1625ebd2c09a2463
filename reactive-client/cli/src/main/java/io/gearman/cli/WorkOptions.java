// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The options of {@code gearman work} as they were written; {@link WorkSetup} checks what they say.
 * Those of one letter are those of Debian's {@code gearman -w}.
 */
final class WorkOptions {

  @Mixin final PeerOptions peer = new PeerOptions();

  LineMode lines = LineMode.NONE;

  @Option(
      names = "-c",
      paramLabel = "N",
      description = "Jobs to run before it ends; 0, the default, is no limit.")
  int count;

  @Option(names = "-v", description = "Log when it begins to work, too.")
  boolean verbose;

  @Option(names = "-w", description = "Accepted: it is a worker always.")
  boolean worker;

  @Option(
      names = "-t",
      paramLabel = "MS",
      description = "Accepted and ignored: to wait for a job is no failure.")
  int timeout = -1;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long a job may take, such as 5m: its command is terminated then, and the job fails;"
              + " no limit by default.")
  @Nullable Duration jobTimeout;

  @Option(
      names = "--stop-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long SIGTERM and SIGINT let running jobs go on; 30s by default, 0s is at once.")
  Duration stopTimeout = Duration.ofSeconds(30);

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description =
          "The command to run for each job, behind -- if it has options. Its input is the workload,"
              + " its output the result. Without one, workloads are written to standard output.")
  List<String> command = new ArrayList<>();

  @Option(names = "-n", description = "Send the output line by line, as it comes.")
  void lines(boolean ignored) {
    if (lines == LineMode.NONE) {
      lines = LineMode.KEEP_ENDS;
    }
  }

  @Option(names = "-N", description = "As -n, without the ends of the lines.")
  void linesWithoutEnds(boolean ignored) {
    lines = LineMode.STRIP_ENDS;
  }
}

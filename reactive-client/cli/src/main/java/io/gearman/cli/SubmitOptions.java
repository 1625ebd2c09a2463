// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.Priority;
import io.gearman.client.ServerSelection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The options of {@code gearman submit} as they were written; {@link SubmitSetup} checks what they
 * say. Those of one letter are Debian's gearman's.
 */
final class SubmitOptions {

  @Mixin final PeerOptions peer = new PeerOptions();

  Priority priority = Priority.NORMAL;
  LineMode lines = LineMode.NONE;

  @Option(names = "-b", description = "Run the jobs in the background: wait for no result.")
  boolean background;

  @Option(names = "-s", description = "Submit one job without a workload; do not read anything.")
  boolean noInput;

  @Option(names = "-P", description = "Write the function before each piece of output.")
  boolean prefix;

  @Option(names = "-v", description = "Print the handle of each job.")
  boolean verbose;

  @Option(
      names = "-u",
      paramLabel = "UNIQUE",
      description =
          "Unique id of the jobs: # is a hash of the workload, - is the workload itself; a new"
              + " UUID for each job by default.")
  String unique = "";

  @Option(
      names = "-t",
      paramLabel = "MS",
      description =
          "How long each wait may be, in milliseconds: for a connection, for the answer of the"
              + " server, and for the next event of a job. Without it 10 s, 30 s and for ever.")
  int timeout = -1;

  @Option(
      names = "--total-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long a job may take, such as 30s; no limit by default.")
  @Nullable Duration totalTimeout;

  @Option(
      names = "--at",
      paramLabel = "SECONDS",
      description = "Run the jobs at this time, in seconds since 1970; with -b only.")
  @Nullable Long at;

  @Option(
      names = "--selection",
      paramLabel = "HOW",
      converter = SelectionConverter.class,
      description =
          "Which of several servers a job goes to: first-available, the default, round-robin, or"
              + " ring, on which equal unique ids meet.")
  ServerSelection selection = ServerSelection.FIRST_AVAILABLE;

  @Option(
      names = "--fail-fast",
      description = "A server without a worker for the function counts as refusing the job.")
  boolean failFast;

  @Option(
      names = "--exceptions",
      description = "Write what workers say of their exceptions, as is the default, or do not.",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true")
  boolean exceptions = true;

  @Option(names = "-w", description = "Refused: 'gearman work' is the worker.")
  boolean worker;

  @Parameters(
      paramLabel = "DATA",
      arity = "0..*",
      description = "Workloads of one job each; standard input if there are none.")
  List<String> data = new ArrayList<>();

  @Option(names = "-I", description = "High priority; of -I and -L the last counts.")
  void high(boolean ignored) {
    priority = Priority.HIGH;
  }

  @Option(names = "-L", description = "Low priority.")
  void low(boolean ignored) {
    priority = Priority.LOW;
  }

  @Option(names = "-n", description = "One job for each line of standard input.")
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

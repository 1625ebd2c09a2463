// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks;

import static java.util.Objects.requireNonNull;

import io.gearman.benchmarks.load.RunCommand;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the jar runs: the load harness or JMH. */
@Command(
    name = "benchmarks",
    subcommands = RunCommand.class,
    description = "Measures Gearman Reactive.")
public final class Benchmarks {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the annotation
  private boolean help;

  private Benchmarks() {}

  public static void main(String[] args) {
    CommandLine benchmarks = new CommandLine(new Benchmarks());
    requireNonNull(benchmarks.getSubcommands().get("jmh"))
        .setUnmatchedOptionsArePositionalParams(true);
    System.exit(benchmarks.execute(args));
  }

  @Command(
      description = "Times what runs per packet and per job, by JMH, whose arguments these are.")
  int jmh(@Parameters(paramLabel = "ARGUMENT") List<String> args) throws IOException {
    org.openjdk.jmh.Main.main(args == null ? new String[0] : args.toArray(String[]::new));
    return 0;
  }
}

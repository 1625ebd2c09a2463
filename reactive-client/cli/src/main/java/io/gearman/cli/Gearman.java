// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.util.Objects.requireNonNull;

import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The program {@code gearman}. */
@Command(
    name = "gearman",
    description = "The Gearman job system.",
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Gearman implements Runnable {

  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);

  @Option(names = "--help", usageHelp = true, description = "Print this help.")
  boolean help; // read by picocli

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version.")
  boolean version; // read by picocli

  @Spec private @Nullable CommandSpec spec; // set by picocli

  private Gearman() {}

  public static void main(String[] args) {
    int exitCode =
        create(setup -> new ServerRun(System.out).run(setup), System::getenv, Stdio.ofProcess())
            .execute(args);
    System.exit(exitCode);
  }

  /**
   * The program without its effects.
   *
   * @param server runs a server until it ends and says what the process is to exit with
   * @param environment the environment variables
   * @param stdio what the commands read and write byte by byte
   */
  static CommandLine create(
      ToIntFunction<ServerSetup> server, UnaryOperator<@Nullable String> environment, Stdio stdio) {
    Charset charset = ArgumentCharset.get();
    PrintStream replies = new PrintStream(new BufferedOutputStream(stdio.out()));
    CommandLine admin =
        new CommandLine(new AdminCommand(environment, replies, ADMIN_TIMEOUT, charset))
            .setAbbreviatedOptionsAllowed(true);
    CommandLine submit =
        new CommandLine(new SubmitCommand(stdio, environment, charset))
            .setOverwrittenOptionsAllowed(true);
    CommandLine work =
        new CommandLine(new WorkCommand(stdio, environment, charset))
            .setOverwrittenOptionsAllowed(true);
    return new CommandLine(new Gearman())
        .addSubcommand(new ServerCommand(server, environment))
        .addSubcommand(submit)
        .addSubcommand(work)
        .addSubcommand(admin)
        .setExpandAtFiles(false) // gearmand has no such files
        .setParameterExceptionHandler(Failures::ofUsage)
        .setExecutionExceptionHandler(Failures::ofExecution);
  }

  @Override
  public void run() {
    CommandLine command = commandLine(spec);
    command.usage(command.getOut());
  }

  /** The command that picocli runs, which it has made known by then. */
  static CommandLine commandLine(@Nullable CommandSpec spec) {
    return requireNonNull(spec, "not run by picocli").commandLine();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a command says when it cannot do what it is told. The exit code is always 1: gearmand and
 * gearadmin have no other, so that scripts around them do not expect picocli's 2 for bad options.
 */
final class Failures {

  private static final int EXIT_CODE = 1;

  /** Options of gearmand and gearadmin that have no counterpart here. */
  private static final Set<String> NOT_SUPPORTED =
      Set.of("--syslog", "--coredump", "--store-queue-on-shutdown");

  /** What the options of gearmand's stores begin with. */
  private static final List<String> STORES =
      List.of(
          "--libdrizzle-",
          "--libmemcached-",
          "--libpq-",
          "--libsqlite3-",
          "--libtokyocabinet-",
          "--mysql-",
          "--redis-");

  private Failures() {}

  /** Called by picocli when it cannot make sense of the words of a command. */
  static int ofUsage(ParameterException problem, String[] args) {
    CommandLine command = problem.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    PrintWriter err = command.getErr();
    err.println(name + ": " + message(problem));
    err.println("Try '" + name + " --help'");
    err.flush();
    return EXIT_CODE;
  }

  /** Called by picocli when a command was understood and failed. */
  static int ofExecution(Exception problem, CommandLine command, ParseResult parsed)
      throws Exception {
    if (!(problem instanceof CommandException)) {
      throw problem; // our mistake: the stack trace is for us
    }
    command
        .getErr()
        .println(command.getCommandSpec().qualifiedName() + ": " + problem.getMessage());
    command.getErr().flush();
    return EXIT_CODE;
  }

  /** Says of a word that no option takes what is wrong with it. */
  static String message(ParameterException problem) {
    if (!(problem instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(problem.getMessage());
    }
    String word = unmatched.getUnmatched().get(0);
    String option = word.split("=", 2)[0];
    if (isNotSupported(option)) {
      return option + " is not supported (yet)";
    }
    if (word.startsWith("-")) {
      return "unknown option " + option;
    }
    boolean commands = !problem.getCommandLine().getSubcommands().isEmpty();
    return "'" + word + "' is not " + (commands ? "a command" : "an option");
  }

  private static boolean isNotSupported(String option) {
    return NOT_SUPPORTED.contains(option) || STORES.stream().anyMatch(option::startsWith);
  }
}

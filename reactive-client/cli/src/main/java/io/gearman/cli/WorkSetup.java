// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A worker that can begin: its options are checked, and nothing has happened yet.
 *
 * @param command what is run for each job; empty to write its workload to standard output
 * @param count jobs to run; 0 for no limit
 * @param timeout how long a job may take; null for ever
 * @param stopTimeout how long jobs may go on once the process is told to stop; zero is not at all
 */
record WorkSetup(
    PeerSetup peer,
    List<String> command,
    LineMode lines,
    int count,
    boolean verbose,
    @Nullable Duration timeout,
    Duration stopTimeout) {

  /**
   * Begins a session of its own, so that Ctrl-C reaches this process alone and its jobs can end.
   */
  private static final String SETSID = "setsid";

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException naming the option and what is wrong with it
   */
  static WorkSetup of(
      WorkOptions options, UnaryOperator<@Nullable String> environment, Charset charset) {
    PeerSetup peer = PeerSetup.of(options.peer, environment, charset);
    PeerSetup.checkDuration("--timeout", options.jobTimeout);
    if (!options.stopTimeout.isZero()) {
      PeerSetup.checkDuration("--stop-timeout", options.stopTimeout);
    }
    Range.check("-c", options.count, 0, Integer.MAX_VALUE);
    options.command.forEach(word -> ArgumentCharset.encode("command", word, charset));
    return new WorkSetup(
        peer,
        command(options.command, Optional.ofNullable(environment.apply("PATH")).orElse("")),
        options.lines,
        options.count,
        options.verbose,
        options.jobTimeout,
        options.stopTimeout);
  }

  private static List<String> command(List<String> words, String path) {
    if (words.isEmpty()) {
      return words;
    }
    if (!isThere(words.get(0), path)) {
      throw new IllegalArgumentException(
          "the command '%s' is not there, or cannot be executed".formatted(words.get(0)));
    }
    return isThere(SETSID, path)
        ? Stream.concat(Stream.of(SETSID), words.stream()).toList()
        : List.copyOf(words);
  }

  private static boolean isThere(String program, String path) {
    return program.contains("/")
        ? isProgram(Path.of(program))
        : Stream.of(path.split(":", -1)).anyMatch(folder -> isProgram(Path.of(folder, program)));
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}

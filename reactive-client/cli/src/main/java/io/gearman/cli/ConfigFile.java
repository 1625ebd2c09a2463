// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * A configuration file of gearmand: options as on the command line, over several lines, without
 * quoting. What gearmand passes over in silence is an error here, except that a word which begins
 * with {@code #} begins a comment.
 */
final class ConfigFile {

  private ConfigFile() {}

  /**
   * The words of a file, each of which belongs to an option.
   *
   * @throws IllegalArgumentException naming the file and the word that does not
   */
  static List<String> read(Path file) {
    List<String> words = wordsOf(file);
    ServerOptions options = optionsOf(file, words);
    if (options.checkArgs || options.configFile != null || options.help || options.version) {
      throw new IllegalArgumentException(
          file + ": --check-args, --config-file, --help and --version belong on the command line");
    }
    return words;
  }

  /** The options of a file without those of the command line. */
  static ServerOptions optionsOf(Path file, List<String> words) {
    ServerOptions options = new ServerOptions();
    try {
      parse(options, words);
      return options;
    } catch (ParameterException e) {
      throw new IllegalArgumentException(file + ": " + Failures.message(e), e);
    }
  }

  /** Of an option that occurs twice the latter counts. */
  static void parse(ServerOptions options, List<String> words) {
    new CommandLine(options)
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true)
        .parseArgs(words.toArray(String[]::new));
  }

  private static List<String> wordsOf(Path file) {
    try {
      return new String(Files.readAllBytes(file), UTF_8)
          .lines()
          .flatMap(line -> Stream.of(line.replaceFirst("(^|\\s)#.*", "").trim().split("\\s+")))
          .filter(word -> !word.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new CommandException("Could not open configuration file " + file, e);
    }
  }
}

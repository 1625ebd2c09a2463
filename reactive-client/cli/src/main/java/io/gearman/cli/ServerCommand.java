// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gearman server}: a job server that takes the options of gearmand. */
@Command(
    name = ServerCommand.NAME,
    description = "Run a job server; the options of gearmand have their meaning.",
    abbreviateSynopsis = true)
final class ServerCommand implements Callable<Integer> {

  static final String NAME = "server";

  private final ToIntFunction<ServerSetup> run;
  private final UnaryOperator<@Nullable String> environment;

  @Mixin private final ServerOptions options = new ServerOptions();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  ServerCommand(ToIntFunction<ServerSetup> run, UnaryOperator<@Nullable String> environment) {
    this.run = run;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    CommandLine command = Gearman.commandLine(spec);
    if (options.help && !options.checkArgs) {
      command.usage(command.getOut());
      return 0;
    }
    if (options.version && !options.checkArgs) {
      command.getOut().println(Version.line());
      return 0;
    }
    ServerSetup setup = setup(command);
    return options.checkArgs ? 0 : run.applyAsInt(setup);
  }

  private ServerSetup setup(CommandLine command) {
    try {
      if (options.configFile == null) {
        return setup(options);
      }
      return setup(options.configFile, command.getParseResult().originalArgs());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, e.getMessage(), e);
    }
  }

  private ServerSetup setup(ServerOptions checked) {
    return ServerSetup.of(checked, environment);
  }

  /** With the options of the file, and those of the command line over them. */
  private ServerSetup setup(Path file, List<String> commandLine) {
    List<String> ofFile = ConfigFile.read(file);
    List<String> words = new ArrayList<>(ofFile);
    words.addAll(commandLine.subList(commandLine.indexOf(NAME) + 1, commandLine.size()));
    ServerOptions merged = new ServerOptions();
    ConfigFile.parse(merged, words);
    try {
      return setup(merged);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(whose(file, ofFile, e) + e.getMessage(), e);
    }
  }

  /** The file's name if its words alone are mistaken in the same way. */
  private static String whose(Path file, List<String> words, IllegalArgumentException problem) {
    try {
      ServerSetup.of(ConfigFile.optionsOf(file, words), name -> null);
      return "";
    } catch (IllegalArgumentException e) {
      return Objects.equals(e.getMessage(), problem.getMessage()) ? file + ": " : "";
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gearman submit}: what Debian's gearman does without {@code -w}. */
@Command(
    name = "submit",
    description = "Submit jobs; the options of gearman have their meaning.",
    abbreviateSynopsis = true)
final class SubmitCommand implements Callable<Integer> {

  private final Stdio stdio;
  private final UnaryOperator<@Nullable String> environment;
  private final Charset charset;

  @Mixin private final SubmitOptions options = new SubmitOptions();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  /**
   * @param charset that of the words
   */
  SubmitCommand(Stdio stdio, UnaryOperator<@Nullable String> environment, Charset charset) {
    this.stdio = stdio;
    this.environment = environment;
    this.charset = charset;
  }

  @Override
  public Integer call() {
    SubmitSetup setup = setup();
    setup.peer().writePidFile();
    return new SubmitRun(setup, stdio).run();
  }

  private SubmitSetup setup() {
    try {
      return SubmitSetup.of(options, environment, charset);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(Gearman.commandLine(spec), e.getMessage(), e);
    }
  }
}

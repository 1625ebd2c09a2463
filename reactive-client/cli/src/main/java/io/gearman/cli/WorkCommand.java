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

/** {@code gearman work}: what Debian's gearman does with {@code -w}. */
@Command(
    name = "work",
    description = "Run a command for each job; the options of gearman -w have their meaning.",
    abbreviateSynopsis = true)
final class WorkCommand implements Callable<Integer> {

  private final Stdio stdio;
  private final UnaryOperator<@Nullable String> environment;
  private final Charset charset;

  @Mixin private final WorkOptions options = new WorkOptions();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  /**
   * @param charset that of the words
   */
  WorkCommand(Stdio stdio, UnaryOperator<@Nullable String> environment, Charset charset) {
    this.stdio = stdio;
    this.environment = environment;
    this.charset = charset;
  }

  @Override
  public Integer call() {
    return new WorkRun(setup(), stdio).run();
  }

  private WorkSetup setup() {
    try {
      return WorkSetup.of(options, environment, charset);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(Gearman.commandLine(spec), e.getMessage(), e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RunCommandTest {

  private final StringWriter printed = new StringWriter();

  private int run(String... args) {
    PrintWriter writer = new PrintWriter(printed);
    return new CommandLine(new RunCommand()).setOut(writer).setErr(writer).execute(args);
  }

  @Test
  void namesTheScenariosIfOneIsNotKnown() {
    assertThat(run("--only", "server,speed")).isEqualTo(2);

    assertThat(printed.toString())
        .contains("There is no scenario speed; there are server, server-unique, background, ");
  }

  @Test
  void namesTheScenariosInItsHelp() {
    assertThat(run("--help")).isZero();

    assertThat(printed.toString()).contains("server, server-unique, background,");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
        .contains(
            "There is no scenario speed; there are server, server-queue, server-unique, background, ");
  }

  @Test
  void namesThePeersIfNoneIsMeant() {
    assertThat(run("--peer", "NATS,Kafka")).isEqualTo(2);

    assertThat(printed.toString()).contains("No peer is called Kafka; there are our server, ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--runs", "--seconds"})
  void measuresAtLeastOnceForASecond(String option) {
    assertThat(run(option, "0")).isEqualTo(2);

    assertThat(printed.toString()).contains(option + " must be at least 1, not 0");
  }

  @Test
  void refusesAPageInAFolderThatIsNotThere(@TempDir Path folder) {
    Path page = folder.resolve("missing").resolve("page.md");

    assertThat(run("--out", page.toString())).isEqualTo(2);

    assertThat(printed.toString()).contains("--out " + page + ": there is no such folder");
  }

  @Test
  void refusesAPageThatIsAFolder(@TempDir Path folder) {
    assertThat(run("--out", folder.toString())).isEqualTo(2);

    assertThat(printed.toString()).contains("--out " + folder + " is a folder, not a file");
  }

  @Test
  void namesTheScenariosInItsHelp() {
    assertThat(run("--help")).isZero();

    assertThat(printed.toString())
        .containsIgnoringWhitespaces("server, server-queue, server-unique, background,");
  }
}

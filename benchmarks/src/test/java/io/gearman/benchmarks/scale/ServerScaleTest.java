// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** That the benchmark runs through; what it measures in a moment on a busy machine says nothing. */
class ServerScaleTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private int run(String... args) throws IOException {
    return ServerScale.run(List.of(args), new PrintStream(printed, true, UTF_8), System.err)
        .status();
  }

  private String printed() {
    return printed.toString(UTF_8);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void printsARowForEachSituationAndWhatEachThingWeighs() throws IOException {
    assertThat(run("--quick")).isIn(0, 1);

    assertThat(printed().lines().filter(line -> line.matches(".*\\| (flat|NOT FLAT).*")))
        .hasSize(12);
    assertThat(printed())
        .contains("job, 200 idle connections")
        .contains("job behind 20,000 of its function")
        .contains("cancellation among 20,000");
    assertThat(printed().lines().filter(line -> line.endsWith(" bytes each"))).hasSize(4);
  }

  @Test
  void refusesAnArgumentThatItDoesNotKnow() throws IOException {
    assertThat(run("--fast")).isEqualTo(2);
    assertThat(printed()).contains("--fast", "--quick", "--port=N");
  }

  @Test
  void saysWhatTheMachineLacks() throws IOException {
    Path limits =
        Files.writeString(
            Files.createTempFile("limits", ""),
            """
        Limit                     Soft Limit           Hard Limit           Units
        Max open files            1024                 4096                 files
        """);

    assertThat(ServerScale.missing(Sizes.FULL, limits)).contains("10,000", "4,096", "ulimit -Hn");
    assertThat(ServerScale.missing(Sizes.QUICK, limits)).isEmpty();
    Files.delete(limits);
  }
}

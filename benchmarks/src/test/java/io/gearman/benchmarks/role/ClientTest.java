// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ClientTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Queue<Exchange.Outcome> open = new ArrayDeque<>();
  private int mostOpen;

  /** Answers the oldest of three when there are three, or when no more come. */
  private void answerInTurn(Exchange.Outcome outcome) {
    open.add(outcome);
    mostOpen = Math.max(mostOpen, open.size());
    if (open.size() == 3) {
      while (!open.isEmpty()) {
        open.remove().done(10);
      }
    }
  }

  private List<String> obey(String mode, int inFlight, Exchange exchange, String commands)
      throws IOException {
    Settings settings = new Settings("mode=" + mode, "in-flight=" + inFlight, "payload=90");
    new Client(settings, exchange, new PrintStream(printed, true, UTF_8))
        .obey(new BufferedReader(new StringReader(commands)));
    return printed.toString(UTF_8).lines().toList();
  }

  @Test
  void keepsAsManyInFlightAsItWasToldAndCountsAll() throws IOException {
    List<String> lines = obey("foreground", 3, this::answerInTurn, "jobs 9\n");

    assertThat(mostOpen).isEqualTo(3);
    assertThat(lines.get(0)).isEqualTo("ready");
    assertThat(lines.get(1)).matches("result jobs=9 nanos=[0-9]+ bytes=900");
    assertThat(lines).last().isEqualTo("end");
  }

  @Test
  void countsTheChunksOfAStream() throws IOException {
    List<String> lines =
        obey(
            "stream",
            1,
            outcome -> {
              outcome.chunk(5);
              outcome.chunk(5);
              outcome.done(0);
            },
            "jobs 4\n");

    assertThat(lines.get(1)).matches("result jobs=8 nanos=[0-9]+ bytes=400");
  }

  @Test
  void measuresAsOftenAsItIsTold() throws IOException {
    List<String> lines = obey("foreground", 1, outcome -> outcome.done(0), "jobs 1\njobs 2\n");

    assertThat(lines.stream().filter(line -> line.startsWith("result")))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("result jobs=1 "),
            second -> assertThat(second).startsWith("result jobs=2 "));
  }
}

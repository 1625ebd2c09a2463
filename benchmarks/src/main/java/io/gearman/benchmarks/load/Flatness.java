// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.gearman.benchmarks.scale.ServerScale;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Whether a job costs our server the same, whatever else it has. */
final class Flatness implements Scenario {

  private static final String ABOUT =
      """
      The time on a core that an operation costs our server, as such and beside idle connections, functions and queued \
      jobs.""";

  @Override
  public String name() {
    return "flat";
  }

  @Override
  public List<Verdict> unmeasured(Plan plan, String reason) {
    return List.of(verdict(Verdict.Outcome.NOT_MEASURED, "", reason));
  }

  @Override
  public Section run(Bench bench) {
    bench.say("flat");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    int status;
    try {
      List<String> args = bench.plan().isQuick() ? List.of("--quick") : List.of();
      status = ServerScale.run(args, new PrintStream(printed, true, UTF_8), bench.progress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String text = printed.toString(UTF_8);
    return new Section(
        "Flat costs", ABOUT, "```\n" + text.strip() + "\n```\n", List.of(verdict(status, text)));
  }

  /** Of what was printed. */
  static Verdict verdict(int status, String printed) {
    if (status == 2) {
      return verdict(Verdict.Outcome.NOT_MEASURED, "", printed);
    }
    String bad =
        printed
            .lines()
            .filter(line -> line.endsWith(ServerScale.NOT_FLAT))
            .map(row -> row.replaceAll("\\s*\\|.*", ""))
            .collect(joining("; "));
    String limits =
        printed
            .lines()
            .filter(line -> line.startsWith(ServerScale.LIMITED_BY))
            .map(line -> line.substring(ServerScale.LIMITED_BY.length()))
            .collect(joining("; "));
    String measured = bad.isEmpty() ? "all rows are flat" : "not flat: " + bad;
    return verdict(Verdict.Outcome.of(status == 0), measured, limits);
  }

  private static Verdict verdict(Verdict.Outcome outcome, String measured, String limit) {
    return new Verdict(
        "cost per job beside connections, functions and queued jobs",
        "see the table",
        measured,
        "flat within 20 %",
        outcome,
        limit);
  }
}

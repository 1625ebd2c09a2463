// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

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

  private static Verdict verdict(int status, String printed) {
    if (status == 2) {
      return verdict(Verdict.Outcome.NOT_MEASURED, "", printed);
    }
    List<String> bad =
        printed
            .lines()
            .filter(line -> line.endsWith("NOT FLAT"))
            .map(row -> row.replaceAll("\\s*\\|.*", ""))
            .toList();
    String measured = bad.isEmpty() ? "all rows are flat" : bad.size() + " rows are not flat";
    return verdict(Verdict.Outcome.of(status == 0), measured, String.join("; ", bad));
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

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.benchmarks.scale.Cost;
import io.gearman.benchmarks.scale.ServerScale;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

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
    return List.of(verdict("", "", Verdict.Outcome.NOT_MEASURED, reason.strip()));
  }

  @Override
  public Section run(Bench bench) {
    bench.say("flat");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ServerScale.Result result;
    try {
      List<String> args = bench.plan().isQuick() ? List.of("--quick") : List.of();
      result = ServerScale.run(args, new PrintStream(printed, true, UTF_8), bench.progress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String text = printed.toString(UTF_8).strip();
    return new Section(
        "Flat costs",
        ABOUT,
        "```\n" + text + "\n```\n",
        result.costs().isEmpty()
            ? unmeasured(bench.plan(), text)
            : result.costs().stream().map(Flatness::verdict).toList());
  }

  static Verdict verdict(Cost cost) {
    return verdict(
        cost.name(),
        String.format(
            Locale.ROOT, "%.2fx, by the medians %.2fx", cost.byMinima(), cost.byMedians()),
        Verdict.Outcome.of(cost.flat()),
        cost.limit());
  }

  private static Verdict verdict(
      String situation, String measured, Verdict.Outcome outcome, String limit) {
    return new Verdict(
        "cost of an operation to our server, to that as such",
        situation,
        measured,
        String.format(Locale.ROOT, "at most %.1fx by the minima", 1 + Cost.TOLERANCE),
        outcome,
        limit);
  }
}

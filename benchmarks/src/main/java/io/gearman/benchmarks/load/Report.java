// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The page that is written.
 *
 * @param machine what figures depend on
 * @param command that has written it
 */
record Report(Map<String, String> machine, String command, Plan plan, List<Section> sections) {

  private static final String INTRODUCTION =
      """
      # Benchmarks

      Written by `%s`; not by hand. Figures are of one run on the machine below, so that what counts is how they stand to \
      each other.

      Each system is several processes on the loopback address. Every figure is the median of %d runs of %s after a \
      warm-up of %s; the runs of all peers take turns. *Spread* is how far the rates of the runs are apart, as a part of \
      the median. A latency is the median of the runs' percentiles; since a request is sent when another one has been \
      answered, it has no waiting of requests that could not be sent yet. The last columns are the cores that each part used on \
      average: what comes close to 1.00, or what takes all there is, limits the rest.

      """;

  private static final String QUICK =
      """
      **A quick run: it shows that all of it works, and no more. Loads are smaller than those that the targets are for.**

      """;

  String markdown() {
    StringBuilder page = new StringBuilder();
    page.append(
        INTRODUCTION.formatted(command, plan.runs(), seconds(plan.run()), seconds(plan.warmUp())));
    if (plan.isQuick()) {
      page.append(QUICK);
    }
    page.append("| | |\n|---|---|\n");
    machine.forEach((name, value) -> page.append("| %s | %s |\n".formatted(name, value)));
    List<Verdict> verdicts =
        sections.stream().flatMap(section -> section.verdicts().stream()).toList();
    if (!verdicts.isEmpty()) {
      page.append("\n## Targets\n\n").append(Tables.of(verdicts));
    }
    for (Section section : sections) {
      page.append("\n## %s\n\n".formatted(section.title()));
      page.append(section.about().strip()).append("\n\n").append(section.body());
    }
    return page.toString();
  }

  private static String seconds(Duration time) {
    return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}

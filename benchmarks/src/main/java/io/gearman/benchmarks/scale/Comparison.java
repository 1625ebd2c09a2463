// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import java.util.Locale;

/** What an operation costs as such, and in a situation that should not matter to it. */
final class Comparison {

  /** Above the rows. */
  static final String HEADER =
      """
      CPU time of the server per operation in microseconds; in brackets that of the garbage collector, which is besides;
      ratios are those of both together; rates by the wall clock. Flat is what costs at most 20 % more by the minima,
      since other load only adds.

                                                    |          as such           |      in the situation      |    ratio    |  medians per second   |
                                                    |   min    med    max   [gc] |   min    med    max   [gc] |   min   med |    as such  situation |
      """;

  private static final String COLLECTOR =
      "the garbage collector, which copies what stays, where a job that is served at once dies young";

  private final String name;
  private final String limit;
  private final Samples baseline = new Samples();
  private final Samples situation = new Samples();

  Comparison(String name) {
    this(name, "");
  }

  /**
   * @param limit what it is that costs more if it is not flat, nor the garbage collector's; or
   *     empty
   */
  Comparison(String name, String limit) {
    this.name = name;
    this.limit = limit;
  }

  Samples baseline() {
    return baseline;
  }

  Samples situation() {
    return situation;
  }

  Cost cost() {
    return new Cost(name, ratioOfMinima(), ratioOfMedians(), isFlat(), remark());
  }

  private String remark() {
    if (!isFlat()) {
      return limits();
    }
    return ratioOfMedians() <= 1 + Cost.TOLERANCE ? "" : "not by the medians";
  }

  private String limits() {
    double more = situation.totalMicros().median() - baseline.totalMicros().median();
    double collector = situation.collectorMicros().median() - baseline.collectorMicros().median();
    String share =
        more <= 0
            ? "by the medians it costs no more"
            : String.format(
                Locale.ROOT,
                "by the medians %.2f of %.2f us more are the garbage collector's",
                collector,
                more);
    String cause = more > 0 && collector > more / 2 ? COLLECTOR : limit;
    return cause.isEmpty() ? share : cause + "; " + share;
  }

  private double ratioOfMinima() {
    return situation.totalMicros().min() / baseline.totalMicros().min();
  }

  private double ratioOfMedians() {
    return situation.totalMicros().median() / baseline.totalMicros().median();
  }

  private boolean isFlat() {
    return ratioOfMinima() <= 1 + Cost.TOLERANCE;
  }

  private String verdict() {
    if (ratioOfMinima() < 1 - Cost.TOLERANCE) {
      return "flat (cheaper)";
    }
    return isFlat() ? "flat" : "NOT FLAT";
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "%-46s| %s | %s | %5.2f %5.2f | %,10.0f %,10.0f | %s",
        name,
        costs(baseline),
        costs(situation),
        ratioOfMinima(),
        ratioOfMedians(),
        baseline.perSecond().median(),
        situation.perSecond().median(),
        verdict());
  }

  private static String costs(Samples samples) {
    Samples.Spread cpu = samples.cpuMicros();
    return String.format(
        Locale.ROOT,
        "%5.2f %6.2f %6.2f [%5.2f]",
        cpu.min(),
        cpu.median(),
        cpu.max(),
        samples.collectorMicros().median());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

  private static final Load LOAD = Load.inFlight(64);

  private static Measured run(int jobs) {
    return Measured.parse(
            List.of(
                "result jobs=%d nanos=1000000000 bytes=%d".formatted(jobs, jobs * 1_000),
                "20000 990",
                "700000 10"))
        .withCpu(Map.of(Part.SERVER, Duration.ofMillis(751), Part.CLIENT, Duration.ofMillis(250)));
  }

  @Test
  void hasTheMachineTheTargetsAndATableOfEachScenario() {
    Cell cell = new Cell(Peer.OURS, LOAD, List.of(run(2_000), run(1_000), run(1_500)), "");
    Verdict verdict =
        new Verdict("fast", "64 in flight", "0.9x", "at least 1x", Verdict.Outcome.NOT_MET, "it");
    Section section =
        new Section("Speed", "What is fast.\n", Tables.of("jobs", List.of(cell)), List.of(verdict));

    String page =
        new Report(Map.of("machine", "a fast one"), "java -jar x run", Plan.FULL, List.of(section))
            .markdown();

    assertThat(page)
        .contains("Written by `java -jar x run`", "median of 5 runs of 2 s", "warm-up of 5 s")
        .contains("\n| machine | a fast one |\n")
        .contains("\n## Targets\n\n| target |")
        .contains("\n| fast | 64 in flight | at least 1x | 0.9x | **not met** | it |\n")
        .contains("\n## Speed\n\nWhat is fast.\n\n| load | peer | jobs/s |")
        .contains(
            "\n| 64 in flight | ours | 1,500 | 67 % | 1.5 | 20 | 20 | 700 | 0.75 |  | 0.25 |\n");
  }

  @Test
  void printsNoPercentileOfTooFewAndNoSpreadOfOne() {
    Measured few = Measured.parse(List.of("result jobs=3 nanos=1000000000 bytes=0", "20000 3"));

    assertThat(Tables.of("jobs", List.of(new Cell(Peer.OURS, LOAD, List.of(few), ""))))
        .contains("\n| 64 in flight | ours | 3 |  | 0.0 | 20 |  |  |  |  |  |\n");
  }

  @Test
  void saysThatAQuickRunProvesNothing() {
    assertThat(new Report(Map.of(), "run", Plan.QUICK, List.of()).markdown())
        .contains("\n**A quick run: ");
    assertThat(new Report(Map.of(), "run", Plan.FULL, List.of()).markdown())
        .doesNotContain("quick");
  }

  @Test
  void saysOfAPeerThatItHasFailedOnOneLine() {
    String table = Tables.of("jobs", List.of(Cell.failed(Peer.NATS, LOAD, "a | b\nat line 3")));

    assertThat(table)
        .contains("\n| 64 in flight | NATS | failed: a \\| b / at line 3 | | | | | | | | |\n");
  }

  @Test
  void saysOfAPeerWhyItWasSkipped() {
    assertThat(Tables.skipped(Map.of(Peer.NATS, "nats-server is not installed")))
        .isEqualTo("\nSkipped: NATS, since nats-server is not installed.\n");
    assertThat(Tables.skipped(Map.of())).isEmpty();
  }

  @Test
  void namesTheMachineAndAllVersions() {
    assertThat(Machine.describe(Cores.NOT_PINNED))
        .containsKeys("machine", "system", "Java", "gearmand, libgearman", "nats-server", "gcc")
        .containsEntry("processes", "share all cores")
        .hasEntrySatisfying("jnats", version -> assertThat(version).matches("[0-9.]+"))
        .hasEntrySatisfying("rsocket-java", version -> assertThat(version).matches("[0-9.]+"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.Priority;
import io.gearman.server.Departure;
import io.gearman.server.JobServer;
import io.gearman.server.Outcome;
import io.gearman.server.metrics.JobServerMetrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide for operators shows what works, and all that there is. */
class OperationsGuideTest {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void itsProgramIsTheOneThatIsCompiledHere() {
    Programs.expectCompiled("ServerWithMetrics", Programs.firstOf("docs/operations/metrics.md"));
  }

  @Test
  void itsProgramPrintsWhatItsCommentSays() {
    assertThat(Programs.printedBy(() -> ServerWithMetrics.main(new String[0])).lines())
        .containsExactly("gearman_connections 0.0");
  }

  @Test
  void everyMeterHasARowAndThereAreNoOthers() {
    assertThat(rows("gearman.")).containsExactlyInAnyOrderElementsOf(meters());
  }

  @Test
  void everyReasonHasARowAndThereAreNoOthers() {
    assertThat(rows("").stream().filter(row -> !row.contains("gearman")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Departure.values())
                .map(reason -> "| `" + reason.name().toLowerCase(Locale.ROOT) + "` |")
                .toList());
  }

  /** What the first columns say, all but the last. */
  private static List<String> rows(String prefix) {
    return Repository.read("docs/operations/metrics.md")
        .lines()
        .filter(line -> line.startsWith("| `" + prefix))
        .map(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1))
        .toList();
  }

  private Set<String> meters() {
    JobServerMetrics ofJobs = JobServerMetrics.builder(registry).build();
    ofJobs.started("f", Priority.LOW, 1);
    ofJobs.ended("f", Priority.LOW, Outcome.FAILED, 1);
    JobServerMetrics ofServer = JobServerMetrics.builder(registry).build();
    JobServer.Bound server = JobServer.create().port(0).bind().block(BOUND);
    ofServer.bindTo(server);
    ofServer.refresh().block(BOUND);
    Set<String> rows = registry.getMeters().stream().map(this::row).collect(Collectors.toSet());
    server.disposeNow(BOUND);
    return rows;
  }

  private String row(Meter meter) {
    Meter.Id id = meter.getId();
    String name =
        registry.config().namingConvention().name(id.getName(), id.getType(), id.getBaseUnit())
            + (id.getType() == Meter.Type.COUNTER ? "_total" : "");
    String tags = id.getTags().stream().map(Tag::getKey).collect(Collectors.joining(", "));
    return "| `%s` | `%s` | %s |%s |"
        .formatted(
            id.getName(),
            name,
            id.getType().name().toLowerCase(Locale.ROOT),
            tags.isEmpty() ? "" : ' ' + tags);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.JobServer;
import io.gearman.testkit.EnabledIfPrometheusParser;
import io.gearman.testkit.PrometheusText;
import io.gearman.testkit.WireClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Prometheus makes of the metrics, read by its own parser. */
@EnabledIfPrometheusParser
class PrometheusMetricsTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JobServerMetrics metrics =
      JobServerMetrics.builder(registry).maxFunctions(10).build();
  private final JobServer.Bound server =
      requireNonNull(
          JobServer.create()
              .port(0)
              .observer(metrics)
              .bind()
              .doOnNext(metrics::bindTo)
              .block(SOON));
  private final WireClient client = WireClient.connect("127.0.0.1", server.port());

  @AfterEach
  void stop() {
    client.close();
    server.disposeNow(SOON);
  }

  private void submits(String function) {
    String bytes = new String(function.getBytes(UTF_8), ISO_8859_1);
    client.request(SUBMIT_JOB_BG, bytes, "", "").receive(JOB_CREATED);
  }

  private PrometheusText scrape() {
    metrics.refresh().block(SOON);
    return PrometheusText.parse(registry.scrape());
  }

  @Test
  void everyMeterIsRead() {
    submits("f");
    submits("f");
    String handle = client.request(CAN_DO, "f").request(GRAB_JOB).receive(JOB_ASSIGN).text(0);
    client.request(WORK_COMPLETE, handle, "").request(GRAB_JOB).receive(JOB_ASSIGN);
    submits("f");

    PrometheusText text = scrape();
    assertThat(text.value("gearman_jobs_submitted_total", "function", "f")).isEqualTo(3);
    assertThat(text.value("gearman_jobs_ended_total", "function", "f", "outcome", "completed"))
        .isEqualTo(1);
    assertThat(text.value("gearman_jobs_waiting", "function", "f", "priority", "normal"))
        .isEqualTo(1);
    assertThat(text.value("gearman_jobs_oldest_wait_seconds", "priority", "normal"))
        .isBetween(0.0, 60.0);
    assertThat(text.value("gearman_jobs_running", "function", "f")).isEqualTo(1);
    assertThat(text.value("gearman_function_workers", "function", "f", "state", "busy"))
        .isEqualTo(1);
    assertThat(text.value("gearman_job_wait_seconds_count", "function", "f")).isEqualTo(2);
    assertThat(text.value("gearman_job_wait_seconds_bucket", "le", "+Inf")).isEqualTo(2);
    assertThat(text.value("gearman_job_wait_seconds_bucket", "le", "3600.0")).isEqualTo(2);
    assertThat(text.value("gearman_job_run_seconds_bucket", "outcome", "completed", "le", "60.0"))
        .isEqualTo(1);
    assertThat(text.value("gearman_connections")).isEqualTo(1);
    assertThat(text.value("gearman_connections_departed_total", "reason", "no_tls")).isZero();
    assertThat(text.value("gearman_received_bytes_total")).isPositive();
    assertThat(text.value("gearman_sent_bytes_total")).isPositive();
    assertThat(text.value("gearman_queued_bytes")).isPositive();
  }

  @Test
  void functionsOfAnyNameAreRead() {
    submits("a\"b\\c");
    submits("a b={},#");
    submits("line\nbreak");
    submits("\u4e2d\u6587 \ud83d\ude00");
    submits("");
    client.request(SUBMIT_JOB_BG, "\u00ff\u00fe", "", "").receive(JOB_CREATED); // no UTF-8
    submits("x".repeat(500));
    submits("(others)");

    PrometheusText text = scrape();
    for (String tag :
        new String[] {
          "a\"b\\c",
          "a b={},#",
          "line_break",
          "\u4e2d\u6587 \ud83d\ude00",
          "(empty)",
          "\ufffd\ufffd",
          "x".repeat(100) + "\u2026",
          "((others)"
        }) {
      assertThat(text.value("gearman_jobs_submitted_total", "function", tag)).as(tag).isEqualTo(1);
    }
  }

  @Test
  void tenThousandFunctionsAreReadAsEleven() {
    for (int i = 0; i < 10_000; i++) {
      submits("f" + i);
    }

    PrometheusText text = scrape();
    assertThat(text.value("gearman_functions")).isEqualTo(10_000);
    assertThat(text.value("gearman_jobs_submitted_total", "function", "(others)")).isEqualTo(9_990);
    assertThat(
            text.samples().stream()
                .filter(sample -> sample.name().equals("gearman_jobs_waiting"))
                .mapToDouble(PrometheusText.Sample::value)
                .sum())
        .isEqualTo(10_000);
    assertThat(text.samples().stream().map(sample -> sample.labels().get("function")).distinct())
        .hasSize(12); // ten, all others, and what is of no function
  }
}

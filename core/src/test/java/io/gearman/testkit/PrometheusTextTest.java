// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

@EnabledIfPrometheusParser
class PrometheusTextTest {

  private static final String TEXT =
      """
      # HELP jobs_total Jobs
      # TYPE jobs_total counter
      jobs_total{function="a b=\\"\\\\\\n\u00e9",outcome=""} 3.0
      # TYPE wait_seconds histogram
      wait_seconds_bucket{le="0.1"} 1
      wait_seconds_bucket{le="+Inf"} 2
      wait_seconds_sum 1.5
      wait_seconds_count 2
      limit +Inf
      """;

  @Test
  void everySampleIsReadWithItsTypeAndLabels() {
    PrometheusText read = PrometheusText.parse(TEXT);

    assertThat(read.samples()).hasSize(6);
    assertThat(read.samples().get(0))
        .isEqualTo(
            new PrometheusText.Sample(
                "counter", "jobs_total", Map.of("function", "a b=\"\\\n\u00e9", "outcome", ""), 3));
    assertThat(read.samples().get(1).type()).isEqualTo("histogram");
  }

  @Test
  void aValueIsFoundByItsNameAndLabels() {
    PrometheusText read = PrometheusText.parse(TEXT);

    assertThat(read.value("wait_seconds_bucket", "le", "0.1")).isEqualTo(1);
    assertThat(read.value("wait_seconds_sum")).isEqualTo(1.5);
    assertThat(read.value("limit")).isInfinite();
    assertThatThrownBy(() -> read.value("wait_seconds_bucket"))
        .hasMessageContaining("2 samples of wait_seconds_bucket");
    assertThatThrownBy(() -> read.value("jobs_total", "function", "c"))
        .hasMessageContaining("0 samples of jobs_total");
  }

  @Test
  void whatPrometheusCannotReadFails() {
    assertThatThrownBy(() -> PrometheusText.parse("jobs{function=\"f\"} many\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Prometheus cannot read the text")
        .hasMessageContaining("many");
  }

  @Test
  void twoSamplesOfTheSameFail() {
    assertThatThrownBy(() -> PrometheusText.parse("jobs{a=\"1\"} 1\njobs{a=\"1\"} 2\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("There is another");
  }
}

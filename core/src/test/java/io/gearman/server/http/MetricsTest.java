// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.http.RunningHttp.Answer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class MetricsTest {

  @Test
  void eachRequestScrapesOnce() {
    AtomicInteger scrapes = new AtomicInteger();
    try (RunningHttp http =
        RunningHttp.start(
            server -> server,
            listener ->
                listener.metrics(
                    Mono.fromCallable(() -> "jobs_total " + scrapes.incrementAndGet() + '\n')))) {
      http.get("/metrics");
      Answer answer = http.get("/metrics");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type"))
          .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
      assertThat(answer.text()).isEqualTo("jobs_total 2\n");
    }
  }

  @Test
  void withoutASourceThereAreNone() {
    try (RunningHttp http = RunningHttp.start(server -> server, listener -> listener)) {
      Answer answer = http.get("/metrics");

      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.problem()).isEqualTo("This listener was given no metrics");
    }
  }

  @Test
  void sourceThatFailsIsAFaultOfTheServer() {
    try (RunningHttp http =
        RunningHttp.start(
            server -> server,
            listener -> listener.metrics(Mono.error(new IllegalStateException("deliberate"))))) {
      Answer answer = http.get("/metrics");

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.problem()).doesNotContain("deliberate");
    }
  }
}

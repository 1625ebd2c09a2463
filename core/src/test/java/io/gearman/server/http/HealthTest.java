// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.JobServer;
import io.gearman.server.ServerSnapshot;
import io.gearman.server.ServerSnapshot.Standstill;
import io.gearman.server.ServerSnapshot.Worker;
import io.gearman.server.http.RunningHttp.Answer;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What the three checks call unhealthy. */
class HealthTest {

  private static final Worker HUNG =
      new Worker(7, "10.0.0.9:4711", "resizer-3", 2, 0, Duration.ofSeconds(90));
  private static final Standstill STANDSTILL =
      new Standstill("resize", HUNG, Duration.ofSeconds(42));

  /** A server that looks like this. */
  private static RunningHttp looking(Mono<ServerSnapshot> snapshot) {
    JobServer.Bound server = JobServer.create().port(0).bind().block(SOON);
    return new RunningHttp(
        server,
        HttpListener.create(FakeServer.showing(server, () -> snapshot)).port(0).bind().block(SOON));
  }

  private static RunningHttp looking(boolean draining, Standstill... standstills) {
    return looking(
        Mono.just(FakeServer.snapshot(draining, List.of(), List.of(), List.of(standstills))));
  }

  private static List<Integer> statuses(RunningHttp http) {
    return List.of(
        http.get("/health/live").status(),
        http.get("/health/ready").status(),
        http.get("/health").status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/health/live", "/health/ready"})
  void aServerThatServesIsHealthy(String path) {
    try (RunningHttp http = RunningHttp.start(server -> server, listener -> listener)) {
      Answer answer = http.get(path);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).isEqualTo("application/json");
      assertThat(answer.text())
          .isEqualTo(
              "{\"healthy\":true,\"draining\":false,\"standstillCount\":0,\"standstills\":[]}");
    }
  }

  @Test
  void aServerThatDrainsIsLiveAndNotReady() {
    try (RunningHttp http = looking(true)) {
      assertThat(statuses(http)).containsExactly(200, 503, 503);
      assertThat(http.get("/health/ready").json().get("draining").asBoolean()).isTrue();
    }
  }

  @Test
  void anIdleWorkerThatLeavesJobsWaitingIsUnhealthyAndNoReasonToStopAnything() {
    try (RunningHttp http = looking(false, STANDSTILL)) {
      assertThat(statuses(http)).containsExactly(200, 200, 503);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/health/live", "/health/ready"})
  void theWorkerAndWhatWaitsForItAreNamed(String path) {
    try (RunningHttp http = looking(false, STANDSTILL)) {
      assertThat(http.get(path).json().get("standstills").toString())
          .isEqualTo(
              "[{\"function\":\"resize\",\"waitedSeconds\":42,\"worker\":{\"connection\":7,"
                  + "\"address\":\"10.0.0.9:4711\",\"clientId\":\"resizer-3\","
                  + "\"silentSeconds\":90}}]");
    }
  }

  @Test
  void ofManyStandstillsSomeAreNamed() {
    try (RunningHttp http =
        looking(
            Mono.just(
                FakeServer.snapshot(
                    false, List.of(), List.of(), Collections.nCopies(5_000, STANDSTILL))))) {
      Answer answer = http.get("/health");

      assertThat(answer.json().get("standstills").size()).isEqualTo(100);
      assertThat(answer.json().get("standstillCount").intValue()).isEqualTo(5_000);
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsDead() {
    try (RunningHttp http = looking(Mono.never())) {
      Answer answer = http.get("/health/live");

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.problem()).isEqualTo("The job server has not answered for 1 s");
      assertThat(answer.json().get("healthy").asBoolean()).isFalse();
    }
  }

  @Test
  void headHasTheStatusAlone() {
    try (RunningHttp http = looking(true)) {
      Answer answer = http.ask(HttpMethod.HEAD, "/health/ready");

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void headDoesNotWaitForEvents() {
    try (RunningHttp http = looking(false)) {
      Answer answer = http.ask(HttpMethod.HEAD, "/events");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
    }
  }

  @Test
  void healthIsNotPosted() {
    try (RunningHttp http = looking(false)) {
      Answer answer = http.post("/health", "");

      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("Allow")).isEqualTo("GET, HEAD");
      assertThat(answer.problem()).isEqualTo("/health takes GET and HEAD, not POST");
    }
  }
}

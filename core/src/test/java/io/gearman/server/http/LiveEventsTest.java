// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.JobServer;
import io.gearman.server.ServerSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What viewers of the live page are told, and what they cost. */
class LiveEventsTest {

  private static final Duration OFTEN = Duration.ofMillis(20);

  private final AtomicInteger looks = new AtomicInteger();
  private final JobServer.Bound server = JobServer.create().port(0).bind().block(SOON);

  private RunningHttp http = listen(server, OFTEN);

  private RunningHttp listen(JobServer.Bound shown, Duration period) {
    JobServer.Bound counted =
        FakeServer.showing(
            server, () -> shown.snapshot().doOnSubscribe(look -> looks.incrementAndGet()));
    return new RunningHttp(
        server, HttpListener.create(counted).port(0).period(period).bind().block(SOON));
  }

  @AfterEach
  void end() {
    http.close();
  }

  /** The data of the events, whole ones. */
  private Flux<JsonNode> view() {
    return Flux.defer(
        () -> {
          StringBuilder rest = new StringBuilder();
          return http.client()
              .get()
              .uri(http.uri("/events"))
              .responseContent()
              .asString(UTF_8)
              .concatMapIterable(
                  text -> {
                    rest.append(text);
                    int end = rest.lastIndexOf("\n\n") + 1;
                    String whole = rest.substring(0, end);
                    rest.delete(0, end);
                    return whole.lines().filter(line -> line.startsWith("data: ")).toList();
                  })
              .map(line -> new JsonMapper().readTree(line.substring(6)));
        });
  }

  @Test
  void viewersSeeWhatHappens() {
    try (TestWorker worker = http.worker("f")) {
      worker.settle();
      StepVerifier.create(view().map(all -> all.get("functions").get(0)).take(3))
          .expectNextMatches(function -> function.get("idle").intValue() == 1)
          .expectNextCount(2)
          .expectComplete()
          .verify(SOON);
      StepVerifier.create(view().map(all -> all.get("workers").get(0).get("functions").intValue()))
          .expectNext(1)
          .thenCancel()
          .verify(SOON);
    }
  }

  @Test
  void oneLookIsForAllViewers() {
    Flux.merge(view().take(5), view().take(5), view().take(5), view().take(5)).blockLast(SOON);

    assertThat(looks.get()).isBetween(5, 15);
  }

  @Test
  void withoutViewersNobodyLooks() {
    view().blockFirst(SOON);
    StepVerifier.create(Mono.fromSupplier(looks::get).delayElement(OFTEN.multipliedBy(10)).repeat())
        .expectNextCount(1) // the last look may be under way
        .thenConsumeWhile(seen -> seen != looks.get())
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void aViewerThatComesLaterSeesAtOnceWhatTheOthersSaw() {
    http.http().disposeNow(SOON);
    http = listen(server, Duration.ofMinutes(10));
    StepVerifier.create(view())
        .expectNextCount(1)
        .then(() -> assertThat(view().blockFirst(SOON)).isNotNull())
        .thenCancel()
        .verify(SOON);

    assertThat(looks.get()).isEqualTo(1);
  }

  /** Otherwise all that it did not take would come to it when it reads again. */
  @Test
  void aViewerThatDoesNotReadIsPassedOver() throws IOException {
    http.http().disposeNow(SOON);
    List<ServerSnapshot.Worker> many =
        IntStream.range(0, 2_000)
            .mapToObj(i -> FakeServer.worker(i, "x".repeat(500), 0, Duration.ZERO))
            .toList();
    AtomicInteger taken = new AtomicInteger();
    JobServer.Bound large =
        FakeServer.showing(
            server,
            () ->
                Mono.fromSupplier(
                    () -> {
                      taken.incrementAndGet();
                      return FakeServer.snapshot(false, List.of(), many, List.of());
                    }));
    http = listen(large, OFTEN);
    try (Socket viewer = new Socket(InetAddress.getLoopbackAddress(), http.http().port())) {
      viewer
          .getOutputStream()
          .write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      StepVerifier.create(Flux.interval(OFTEN).takeUntil(tick -> taken.get() >= 100).then())
          .expectComplete()
          .verify(SOON.multipliedBy(4));
      http.http().disposeNow(SOON);

      assertThat(new String(viewer.getInputStream().readAllBytes(), UTF_8).split("event: ", -1))
          .hasSizeBetween(2, 50);
    }
  }

  @Test
  void itEndsWithTheServer() {
    StepVerifier.create(view())
        .expectNextCount(1)
        .then(server::dispose)
        .thenConsumeWhile(all -> true)
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void ofVeryManyRowsThoseWithTheMostToDoAreShown() {
    List<ServerSnapshot.Function> functions =
        IntStream.range(0, 5_000).mapToObj(i -> FakeServer.function("f" + i, i, 0, 0, 0)).toList();
    JsonNode all =
        new JsonMapper()
            .readTree(
                LiveSnapshot.json(FakeServer.snapshot(false, functions, List.of(), List.of())));

    assertThat(all.get("functions").size()).isEqualTo(LiveSnapshot.MAX_ROWS);
    assertThat(all.get("functions").get(0).get("name").asString()).isEqualTo("f4999");
    assertThat(all.get("totals").get("functions").intValue()).isEqualTo(5_000);
  }
}

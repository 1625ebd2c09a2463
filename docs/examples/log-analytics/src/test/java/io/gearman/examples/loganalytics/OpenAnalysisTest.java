// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static io.gearman.examples.loganalytics.AnalysisContract.LINE;
import static io.gearman.examples.loganalytics.AnalysisContract.bytes;
import static io.gearman.examples.loganalytics.AnalysisContract.sample;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.examples.loganalytics.PageReader.Analysed;
import io.gearman.examples.loganalytics.RunningApp.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The requests of the page: the events, the log and the throttle. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAnalysisTest {

  private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

  private final RunningApp app =
      RunningApp.start(
          "--analysis.block-size=1KB",
          "--analysis.lines-per-partial=1",
          "--analysis.upload-timeout=2s");
  private final PageReader page = new PageReader(app);

  @AfterAll
  void stop() {
    app.close();
  }

  @Test
  void resultIsThatOfAPost() {
    byte[] log = sample(3_000);

    Analysed analysed = page.analyse(log, "");

    assertThat(analysed.upload()).isEqualTo(new Answer(204, "", ""));
    assertThat(analysed.last().asReport("result")).isEqualTo(app.analyse(log).result());
    assertThat(analysed.events().get(0).name()).isEqualTo("ready");
    assertThat(analysed.events())
        .extracting(StreamEvent::name)
        .contains("progress", "partial", "flow");
  }

  @Test
  void flowEndsWithNothingInFlightAndAllThatWasProducedRead() {
    List<StreamEvent> events = page.analyse(bytes(LINE.repeat(100)), "").events();
    Flow last = events.get(events.size() - 2).asFlow();

    assertThat(last.blocksInFlight()).isZero();
    assertThat(last.produced()).isEqualTo(last.read()).isPositive();
    assertThat(last.itemsPerSecond()).isNull();
  }

  /** 20 chunks, of which the first has nothing to wait for. */
  @Test
  void throttleThatTheStreamWasOpenedWith() {
    byte[] log = bytes(LINE.repeat(21));
    long began = System.nanoTime();

    Analysed analysed = page.analyse(log, "?itemsPerSecond=20");

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(800));
    assertThat(analysed.last().asReport("result").lines()).isEqualTo(21);
    assertThat(analysed.events())
        .filteredOn(event -> event.name().equals("flow"))
        .isNotEmpty()
        .allMatch(event -> Integer.valueOf(20).equals(event.asFlow().itemsPerSecond()));
  }

  /** At the first rate it would take a quarter of an hour. */
  @Test
  void throttleIsChangedAndLiftedWhileTheAnalysisRuns() {
    byte[] log = bytes(LINE.repeat(1_000));
    CompletableFuture<String> id = new CompletableFuture<>();

    StepVerifier.create(page.open("?itemsPerSecond=1"))
        .consumeNextWith(ready -> id.complete(PageReader.id(ready)))
        .then(() -> page.upload(id.join(), Flux.just(log)).subscribe())
        .thenConsumeWhile(event -> !event.name().equals("flow"))
        .then(
            () -> assertThat(page.throttle(id.join(), "?itemsPerSecond=2").status()).isEqualTo(204))
        .thenConsumeWhile(event -> !(isFlow(event) && throttled(event, 2)))
        .then(() -> assertThat(page.lift(id.join()).status()).isEqualTo(204))
        .thenConsumeWhile(event -> !event.name().equals("result"))
        .assertNext(last -> assertThat(last.asReport("result").lines()).isEqualTo(1_000))
        .expectComplete()
        .verify(RunningApp.PATIENCE);
  }

  @Test
  void throttledPagesLeaveRoomForOthers() {
    byte[] log = bytes(LINE.repeat(1_000));
    int pages = 5;
    Flux<StreamEvent> heldUp =
        Flux.range(0, pages)
            .flatMap(
                i ->
                    page.reading(log, "?itemsPerSecond=1")
                        .filter(event -> isFlow(event) && event.asFlow().blocksRunning() == 8)
                        .distinctUntilChanged(event -> true)); // its first one, while it goes on

    StepVerifier.create(heldUp)
        .expectNextCount(pages)
        .then(() -> assertThat(app.analyse(log).result().lines()).isEqualTo(1_000))
        .thenCancel()
        .verify(RunningApp.PATIENCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1001", "many", ""})
  void otherRatesAreRefused(String rate) {
    String words = "itemsPerSecond is \\\"" + rate + "\\\": it must be 1 to 1000";

    assertProblem(page.throttle(NOBODY, "?itemsPerSecond=" + rate), 400, words);
    assertProblem(app.get("/analyses/events?itemsPerSecond=" + rate), 400, words);
    assertProblem(page.throttle(NOBODY, ""), 400, "itemsPerSecond");
  }

  @Test
  void analysisThatIsNotOpen() {
    String words = "No analysis \\\"" + NOBODY + "\\\" is open";

    assertProblem(requireNonNull(page.upload(NOBODY, Flux.just(sample(1))).block()), 404, words);
    assertProblem(page.throttle(NOBODY, "?itemsPerSecond=1"), 404, words);
    assertProblem(page.lift(NOBODY), 404, words);
  }

  @Test
  void secondLogIsRefusedAndTheFirstIsCounted() {
    CompletableFuture<String> id = new CompletableFuture<>();

    StepVerifier.create(page.open("?itemsPerSecond=10"))
        .consumeNextWith(ready -> id.complete(PageReader.id(ready)))
        .then(() -> page.upload(id.join(), Flux.just(bytes(LINE.repeat(20)))).subscribe())
        .thenConsumeWhile(event -> !event.name().equals("flow"))
        .then(
            () ->
                assertProblem(
                    requireNonNull(page.upload(id.join(), Flux.just(sample(1))).block()),
                    409,
                    "has got its log already"))
        .thenConsumeWhile(event -> !event.name().equals("result"))
        .assertNext(last -> assertThat(last.asReport("result").lines()).isEqualTo(20))
        .expectComplete()
        .verify(RunningApp.PATIENCE);
  }

  @Test
  void logThatNeverComes() {
    StepVerifier.create(page.open(""))
        .expectNextMatches(event -> event.name().equals("ready"))
        .assertNext(event -> assertError(event, 408, "No log was sent within 2000 ms"))
        .expectComplete()
        .verify(RunningApp.PATIENCE);
  }

  @Test
  void logThatIsNoTextIsAnErrorOfTheEventsAndEndsTheUpload() {
    Analysed analysed = page.analyse(new byte[] {1, 0}, "");

    assertError(analysed.last(), 415, "byte 1 is NUL");
    assertThat(analysed.upload()).isEqualTo(new Answer(410, "", ""));
  }

  @Test
  void uploadThatIsBrokenOff() {
    Flux<byte[]> broken =
        Flux.just(sample(100)).concatWith(Mono.error(new IllegalStateException()));
    CompletableFuture<String> id = new CompletableFuture<>();

    StepVerifier.create(page.open(""))
        .consumeNextWith(ready -> id.complete(PageReader.id(ready)))
        .then(() -> page.upload(id.join(), broken).onErrorComplete().subscribe())
        .thenConsumeWhile(event -> !event.name().equals("error"))
        .assertNext(event -> assertError(event, 400, "The body ended early"))
        .expectComplete()
        .verify(RunningApp.PATIENCE);
  }

  @Test
  void uploadIsToldWhenTheReaderHasGone() {
    CompletableFuture<Answer> upload = new CompletableFuture<>();
    Flux<byte[]> endless = Flux.just(bytes(LINE)).concatWith(Flux.never());

    StepVerifier.create(page.open("?itemsPerSecond=1"))
        .consumeNextWith(
            ready -> page.upload(PageReader.id(ready), endless).subscribe(upload::complete))
        .thenConsumeWhile(event -> !event.name().equals("flow"))
        .thenCancel()
        .verify(RunningApp.PATIENCE);

    assertThat(upload.join()).isEqualTo(new Answer(410, "", ""));
  }

  @Test
  void readerWhoGoesAwayLeavesNoJobs() {
    byte[] log = sample(1_000);
    StepVerifier.create(page.open("?itemsPerSecond=1"))
        .consumeNextWith(
            ready ->
                page.upload(PageReader.id(ready), Flux.just(log)).onErrorComplete().subscribe())
        .thenConsumeWhile(event -> !(isFlow(event) && event.asFlow().blocksRunning() == 8))
        .then(() -> assertThat(jobs()).isEqualTo(8))
        .thenCancel()
        .verify(RunningApp.PATIENCE);

    app.awaitNoJobs();
  }

  @Test
  void noMoreThanSoManyAreOpenAtOnce() {
    RunningApp small = RunningApp.start("--analysis.max-open=1");
    PageReader first = new PageReader(small);
    try (small) {
      StepVerifier.create(first.open(""))
          .expectNextMatches(event -> event.name().equals("ready"))
          .then(() -> assertProblem(small.get("/analyses/events"), 503, "1 analyses are open"))
          .thenCancel()
          .verify(RunningApp.PATIENCE);

      small.await(() -> first.open("").next().block() != null);
    }
  }

  /** Asked by a thread that may wait for the answer. */
  private int jobs() {
    return Mono.fromCallable(app::jobsOnServer)
        .subscribeOn(Schedulers.boundedElastic())
        .toFuture()
        .join();
  }

  private static boolean isFlow(StreamEvent event) {
    return event.name().equals("flow");
  }

  private static boolean throttled(StreamEvent event, int rate) {
    return Integer.valueOf(rate).equals(event.asFlow().itemsPerSecond());
  }

  private static void assertError(StreamEvent event, int status, String words) {
    assertThat(event.name()).isEqualTo("error");
    assertThat(event.json().get("status").asInt()).isEqualTo(status);
    assertThat(event.json().get("detail").asString()).contains(words);
  }

  private static void assertProblem(Answer answer, int status, String words) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.type()).isEqualTo("application/problem+json");
    assertThat(answer.body()).contains("\"status\":" + status, words);
  }
}

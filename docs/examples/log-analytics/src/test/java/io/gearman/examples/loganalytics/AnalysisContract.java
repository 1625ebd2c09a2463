// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.examples.loganalytics.RunningApp.Answer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What holds whichever job server the jobs go through. */
interface AnalysisContract {

  String LINE = "c - - [17/May/2015:10:05:03 +0000] \"GET /x HTTP/1.1\" 200 5\n";

  /** The application on the server under test, started by {@link #startInSmallSteps}. */
  RunningApp app();

  /** Another one, with these settings. */
  RunningApp start(String... settings);

  /** Small blocks and many in flight, a partial every few lines, looked at as often as may be. */
  default RunningApp startInSmallSteps() {
    return start(
        "--analysis.block-size=16KB",
        "--analysis.blocks-in-flight=64",
        "--analysis.lines-per-partial=10",
        "--analysis.emit-every=1ms");
  }

  @Test
  default void realLogWith64BlocksInFlight() {
    checkRealLog(app());
  }

  @Test
  default void realLogWithOneBlockInFlight() {
    try (RunningApp one = start("--analysis.blocks-in-flight=1", "--analysis.block-size=16KB")) {
      checkRealLog(one);
    }
  }

  @Test
  default void progressAndPartialsGrowUpToTheResult() {
    byte[] log = sample(20_000);
    List<StreamEvent> events = app().analyse(log).events();
    List<StreamEvent> rounds = events.subList(0, events.size() - 1);
    List<Progress> progress = everySecond(rounds, 0).map(StreamEvent::asProgress).toList();
    List<Report> partials = everySecond(rounds, 1).map(e -> e.asReport("partial")).toList();

    assertThat(progress).isNotEmpty().hasSameSizeAs(partials);
    assertThat(progress.stream().mapToLong(Progress::done)).isSorted();
    assertThat(progress).allMatch(p -> p.total() == log.length && p.done() <= p.total());
    assertThat(progress.get(progress.size() - 1)).isEqualTo(new Progress(log.length, log.length));
    assertThat(partials.stream().map(Report::lines).toList()).isSorted();
    assertThat(events.get(events.size() - 1).asReport("result"))
        .isEqualTo(partials.get(partials.size() - 1));
  }

  @Test
  default void bodyWithoutALength() {
    byte[] log = sample(5_000);
    Answer answer = app().analyse(inChunksOf(log, 1_000));

    assertThat(answer.result()).isEqualTo(app().analyse(log).result());
    assertThat(answer.result().lines()).isEqualTo(5_000);
    assertThat(answer.events().get(answer.events().size() - 3).asProgress())
        .isEqualTo(new Progress(log.length, log.length));
  }

  @Test
  default void severalAtOnce() {
    byte[] log = sample(3_000);
    Report alone = app().analyse(log).result();
    List<Report> together =
        Flux.range(0, 6)
            .flatMap(
                i ->
                    Mono.fromCallable(() -> app().analyse(log).result())
                        .subscribeOn(Schedulers.boundedElastic()))
            .collectList()
            .block();

    assertThat(together).hasSize(6).containsOnly(alone);
  }

  @Test
  default void pageIsToldTheSame() {
    byte[] log = sample(5_000);
    PageReader.Analysed analysed = new PageReader(app()).analyse(log, "?itemsPerSecond=1000");

    assertThat(analysed.upload().status()).isEqualTo(204);
    assertThat(analysed.last().asReport("result")).isEqualTo(app().analyse(log).result());
  }

  @Test
  default void whatIsNoLogIsCountedAsMalformed() {
    assertThat(app().analyse(bytes("no log line\n\n{}\n")).result())
        .isEqualTo(new Report(3, 3, 0, 0, Map.of(), List.of()));
    assertThat(app().analyse(bytes("x")).result())
        .isEqualTo(new Report(1, 1, 0, 0, Map.of(), List.of()));
  }

  @Test
  default void lineOf10MegabytesIsOneMalformedLine() {
    byte[] line = new byte[10 << 20];
    Arrays.fill(line, (byte) 'x');
    assertThat(app().analyse(line).result()).isEqualTo(new Report(1, 1, 0, 0, Map.of(), List.of()));

    Flux<byte[]> amongOthers = Flux.just(bytes(LINE), line, bytes("\n" + LINE));
    assertThat(app().analyse(amongOthers).result())
        .isEqualTo(new Report(3, 1, 10, 1, Map.of(200, 2L), List.of(new Report.PathHits("/x", 2))));
  }

  @Test
  default void lastLineWithoutEndAndCrlf() {
    Report result =
        app().analyse(bytes((LINE + LINE).replace("\n", "\r\n") + LINE.trim())).result();

    assertThat(result.lines()).isEqualTo(3);
    assertThat(result.malformed()).isZero();
  }

  private static void checkRealLog(RunningApp app) {
    byte[] log = AccessLog.read();

    Answer answer = app.analyse(log);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.type()).startsWith("text/event-stream");
    assertThat(answer.result()).isEqualTo(AccessLog.count(log));
    assertThat(answer.result().lines()).isEqualTo(10_000);
    assertThat(answer.result().statuses())
        .containsEntry(200, 9126L)
        .containsEntry(304, 445L)
        .containsEntry(404, 213L);
  }

  private static Stream<StreamEvent> everySecond(List<StreamEvent> events, int from) {
    return IntStream.range(0, events.size()).filter(i -> i % 2 == from).mapToObj(events::get);
  }

  static byte[] sample(int lines) {
    return bytes(String.join("", SampleLog.lines(lines).toIterable()));
  }

  static Flux<byte[]> inChunksOf(byte[] log, int size) {
    return Flux.range(0, (log.length + size - 1) / size)
        .map(i -> Arrays.copyOfRange(log, i * size, Math.min(log.length, (i + 1) * size)));
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}

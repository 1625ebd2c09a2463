// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static io.gearman.examples.loganalytics.AnalysisContract.bytes;
import static io.gearman.examples.loganalytics.AnalysisContract.sample;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.client.GearmanClient;
import io.gearman.examples.loganalytics.RunningApp.Answer;
import io.gearman.server.JobServer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/** Servers that are not there, go away or say nothing; readers who do. */
class AnalysisFaultTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int SMALL_BUFFER = 4_096;
  private static final int SOME_FULL_BUFFERS = 400;

  @Test
  void serverThatCannotBeReached() {
    DisposableServer gone = requireNonNull(JobServer.create().port(0).bind().block());
    gone.disposeNow();
    try (RunningApp app =
        RunningApp.start(
            "--gearman.servers=127.0.0.1:" + gone.port(), "--gearman.connect-limit=500ms")) {
      Answer answer = app.analyse(sample(100));

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.type()).isEqualTo("application/problem+json");
      assertThat(answer.body()).contains("cannot be reached", "127.0.0.1:" + gone.port());
    }
  }

  @Test
  void serverThatSaysNothing() {
    DisposableServer mute =
        TcpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle((in, out) -> out.neverComplete())
            .bindNow();
    try (RunningApp app =
        RunningApp.start(
            "--gearman.servers=127.0.0.1:" + mute.port(), "--analysis.stall-timeout=500ms")) {
      Answer answer = app.analyse(sample(100));

      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.body()).contains("no progress for 500 ms");
    } finally {
      mute.disposeNow();
    }
  }

  @Test
  void serverThatGoesAwayWhileEventsAreStreamedAndComesBack() {
    DisposableServer server = requireNonNull(JobServer.create().port(0).bind().block());
    Sinks.Many<byte[]> body = Sinks.many().unicast().onBackpressureBuffer();
    byte[] part = sample(2_000);
    body.tryEmitNext(part);
    try (RunningApp app =
        RunningApp.start(
            "--gearman.servers=127.0.0.1:" + server.port(),
            "--gearman.connect-limit=1s",
            "--analysis.block-size=16KB")) {
      String stream =
          app.http()
              .post()
              .uri("/analyses")
              .send(body.asFlux().map(Unpooled::wrappedBuffer))
              .response(
                  (response, content) ->
                      content
                          .asString()
                          .switchOnFirst(
                              (first, all) -> {
                                server.dispose();
                                body.tryEmitNext(part);
                                return all;
                              }))
              .reduce(String::concat)
              .block(PATIENCE);
      List<StreamEvent> events = StreamEvent.parse(requireNonNull(stream));
      StreamEvent last = events.get(events.size() - 1);

      assertThat(last.name()).isEqualTo("error");
      assertThat(last.json().get("status").asInt()).isEqualTo(503);

      server.disposeNow();
      DisposableServer again =
          requireNonNull(JobServer.create().port(server.port()).bind().block());
      try {
        // The pause before it is connected to again may be longer than an analysis waits.
        Answer answer =
            Stream.generate(() -> app.analyse(part))
                .limit(5)
                .filter(each -> each.status() == 200)
                .findFirst()
                .orElseThrow();
        assertThat(answer.result().lines()).isEqualTo(2_000);
      } finally {
        again.disposeNow();
      }
    } finally {
      server.disposeNow();
    }
  }

  @Test
  void readerWhoGoesAwayCancelsTheJobs() throws InterruptedException {
    CountDownLatch cancelled = new CountDownLatch(1);
    GearmanClient stuck =
        FakeClient.running(
            job -> FakeClient.accepted(Flux.<JobEvent>never().doOnCancel(cancelled::countDown)));
    try (RunningApp app = RunningApp.start(with(GearmanClient.class, stuck))) {
      app.http()
          .post()
          .uri("/analyses")
          .send(Flux.just(Unpooled.wrappedBuffer(sample(10_000))))
          .response((response, content) -> content.asString())
          .take(1)
          .blockLast(PATIENCE);

      assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Undisturbed, the workers would count for minutes: after each line they tell all they know. */
  @Test
  void readerWhoGoesAwayStopsTheWorkers() {
    String lines =
        IntStream.range(0, 50_000)
            .mapToObj(i -> AnalysisContract.LINE.replace("/x", "/" + i))
            .collect(Collectors.joining());
    try (RunningApp app =
        RunningApp.start("--analysis.block-size=256KB", "--analysis.lines-per-partial=1")) {
      Disposable reader =
          app.http()
              .post()
              .uri("/analyses")
              .send(Flux.just(Unpooled.wrappedBuffer(bytes(lines))))
              .response((response, content) -> content.asString())
              .subscribe();
      app.await(() -> app.jobsOnServer() == 8);

      reader.dispose();

      app.awaitNoJobs();
    }
  }

  /** It reads a little and then nothing until all jobs are done, one by one. */
  @Test
  void slowReaderHoldsUpNothingAndSkipsToTheLatest() {
    int blocks = 1_000;
    AtomicInteger jobs = new AtomicInteger();
    Sinks.Empty<Void> allDone = Sinks.empty();
    GearmanClient counting =
        FakeClient.running(
            job ->
                FakeClient.count(job, 1)
                    .doOnComplete(
                        () -> {
                          if (jobs.incrementAndGet() == blocks) {
                            allDone.tryEmitEmpty();
                          }
                        }));
    NettyServerCustomizer smallBuffers =
        server -> server.childOption(ChannelOption.SO_SNDBUF, SMALL_BUFFER);
    try (RunningApp app =
        RunningApp.start(
            context -> {
              with(GearmanClient.class, counting).initialize(context);
              with(NettyServerCustomizer.class, smallBuffers).initialize(context);
            },
            "--analysis.emit-every=1ms",
            "--analysis.block-size=1KB")) {
      List<StreamEvent> events =
          StreamEvent.parse(
              requireNonNull(
                  app.http()
                      .option(ChannelOption.SO_RCVBUF, SMALL_BUFFER)
                      .post()
                      .uri("/analyses")
                      .send(onePerMillisecond(blocks).map(Unpooled::wrappedBuffer))
                      .response(
                          (response, content) ->
                              content
                                  .asString()
                                  .concatMap(text -> allDone.asMono().thenReturn(text), 1))
                      .reduce(new StringBuilder(), StringBuilder::append)
                      .map(StringBuilder::toString)
                      .block(PATIENCE)));

      assertThat(events.get(events.size() - 1).asReport("result").lines()).isEqualTo(blocks);
      assertThat(events.size()).as("events, of up to 2000").isLessThan(SOME_FULL_BUFFERS);
    }
  }

  /** Lines that make a block each. */
  private static Flux<byte[]> onePerMillisecond(int lines) {
    byte[] line = bytes("x".repeat(1_100) + "\n");
    return Flux.interval(Duration.ofMillis(1)).onBackpressureBuffer().take(lines).map(i -> line);
  }

  /** Puts this bean in the place of the application's own. */
  private static <T> ApplicationContextInitializer<ConfigurableApplicationContext> with(
      Class<T> type, T bean) {
    return context ->
        ((GenericApplicationContext) context)
            .registerBean(type, () -> bean, definition -> definition.setPrimary(true));
  }
}

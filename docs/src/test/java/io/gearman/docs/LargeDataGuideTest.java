// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.WorkerException;
import io.gearman.client.GearmanClient;
import io.gearman.testkit.RunningServer;
import io.gearman.worker.GearmanWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** The guide to large data shows what works, and how little memory that takes. */
class LargeDataGuideTest {

  private static final Logger log = LoggerFactory.getLogger(LargeDataGuideTest.class);
  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final long MINUTES = 10;
  private static final String HEAP = "-Xmx96m";
  private static final long SIZE =
      (256L << 20) * Integer.getInteger("soak", 1); // 5 GiB with -Psoak

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  private final Disposable.Composite opened = Disposables.composite();
  private GearmanClient client;

  @BeforeEach
  void connect() {
    client = GearmanClient.builder(server.address()).build();
    opened.add(client);
  }

  @AfterEach
  void close() {
    opened.dispose();
  }

  private void work(UnaryOperator<Flux<byte[]>> work) {
    opened.add(
        GearmanWorker.builder(server.address())
            .function("work", LargeData.fed(client, work))
            .build()
            .run()
            .subscribe());
  }

  private Flux<String> feed(Flux<String> input) {
    return LargeData.feed(
            List.of(server.address()), client, "work", input.map(text -> text.getBytes(UTF_8)))
        .map(piece -> new String(piece, UTF_8));
  }

  @Test
  void whatItShowsIsCompiledHere() {
    Programs.snippetsOf("docs/large-data.md")
        .forEach(code -> Programs.expectCompiled("LargeData", code));
  }

  @Test
  void moreThanTheHeapGoesThroughAJobAndBack() throws IOException, InterruptedException {
    Path output = Path.of("target", "large-data.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                LargeDataRun.class.getName(),
                Long.toString(SIZE))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(output).content().contains(SIZE + " bytes there and back, unharmed");
    log.info("{}", Files.readString(output));
  }

  @Test
  void theInputIsAskedForAsItIsTaken() {
    work(input -> input);
    Sinks.Many<String> input = Sinks.many().unicast().onBackpressureBuffer();
    StepVerifier.create(feed(input.asFlux()))
        .then(() -> input.tryEmitNext("a".repeat(64 << 10)))
        .expectNext("a".repeat(64 << 10))
        .then(() -> input.tryEmitNext("b"))
        .then(input::tryEmitComplete)
        .expectNext("b")
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void cancellingTheResultCancelsTheInput() {
    work(input -> input);
    Sinks.Empty<Void> cancelled = Sinks.empty();
    Flux<String> endless =
        Flux.<String>generate(sink -> sink.next("a".repeat(64 << 10)))
            .doOnCancel(cancelled::tryEmitEmpty);
    StepVerifier.create(feed(endless).take(3)).expectNextCount(3).expectComplete().verify(BOUND);
    cancelled.asMono().block(BOUND);
  }

  @Test
  void anInputThatFailsFailsTheJob() {
    work(input -> input);
    StepVerifier.create(feed(Flux.error(new IllegalStateException("no such file"))))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(WorkerException.class)
                    .hasMessageContaining("no such file"))
        .verify(BOUND);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.PayloadCodec;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.docs.Jobs.Order;
import io.gearman.testkit.RunningServer;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** The guide to jobs shows what works. */
class JobsGuideTest {

  private static final Duration BOUND = Duration.ofSeconds(20);

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

  private void work(String name, JobFunction function) {
    opened.add(
        GearmanWorker.builder(server.address()).function(name, function).build().run().subscribe());
  }

  @Test
  void whatItShowsIsCompiledHere() {
    Programs.snippetsOf("docs/jobs.md").forEach(code -> Programs.expectCompiled("Jobs", code));
  }

  @Test
  void valuesTravel() {
    work("price", Jobs.PRICE);
    assertThat(Jobs.price(client, new Order("Ada", 3)).block(BOUND)).isEqualTo("15 EUR");
  }

  @Test
  void aJobInTheBackgroundIsFollowedUntilItIsGone() {
    Sinks.One<byte[]> end = Sinks.one();
    work(
        "slow",
        job ->
            Flux.concat(
                Mono.just(new JobEvent.Status(3, 10)), end.asMono().map(JobEvent.Completed::new)));
    JobHandle handle = client.enqueue(JobRequest.of("slow", new byte[0])).block(BOUND);
    StepVerifier.create(
            Jobs.progress(client, handle).distinctUntilChanged().skipWhile("0 of 0"::equals))
        .expectNext("3 of 10")
        .then(() -> end.tryEmitValue(new byte[0]))
        .expectNext("gone")
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aLogIsCutFannedOutAndPutTogether() {
    AtomicInteger jobs = new AtomicInteger();
    work(
        "count-errors",
        job -> {
          jobs.incrementAndGet();
          return Jobs.COUNT_ERRORS.apply(job);
        });
    Flux<byte[]> log =
        Flux.range(0, 10_000)
            .map(i -> "GET /%d %d 17\n".formatted(i, i % 10 == 0 ? 500 : 200).getBytes(UTF_8));
    assertThat(Jobs.errors(client, log).block(BOUND)).isEqualTo(1_000);
    assertThat(jobs).hasValue(3); // of 168,890 bytes
  }

  @Test
  void aWorkerMakesPartsForTheReducer() {
    work("words", Jobs.words(client));
    work(
        "upper-case",
        JobFunction.ofMono(
            PayloadCodec.utf8(),
            PayloadCodec.utf8(),
            word -> Mono.just(word.toUpperCase(Locale.ROOT))));
    JobRequest job =
        JobRequest.of("words", "hello wide world", PayloadCodec.utf8()).withReducer("upper-case");
    assertThat(client.call(job, PayloadCodec.utf8()).block(BOUND)).isEqualTo("HELLO WIDE WORLD");
  }
}

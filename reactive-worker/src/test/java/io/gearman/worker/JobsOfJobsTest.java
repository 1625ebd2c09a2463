// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.testkit.RunningServer;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Jobs that submit jobs of their own. */
class JobsOfJobsTest {

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
  void disposeOfWhatWasOpened() {
    opened.dispose();
  }

  private void work(GearmanWorker.Builder worker) {
    opened.add(worker.build().run().subscribe());
  }

  private GearmanWorker.Builder worker(int concurrency) {
    return GearmanWorker.builder(server.address()).concurrency(concurrency);
  }

  private static byte[] upper(Job job) {
    return new String(job.workload(), UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8);
  }

  private void expectUpper(String function) {
    client
        .call(function, "text".getBytes(UTF_8))
        .map(result -> new String(result, UTF_8))
        .as(StepVerifier::create)
        .expectNext("TEXT")
        .expectComplete()
        .verify(BOUND);
  }

  /** The job that waits has a slot meanwhile. */
  @ParameterizedTest(name = "concurrency {0}")
  @ValueSource(ints = {2, 16})
  void aJobMayWaitForOneOfTheSameWorker(int concurrency) {
    work(
        worker(concurrency)
            .function("inner", JobFunction.ofMono(job -> Mono.just(upper(job))))
            .function("outer", JobFunction.ofMono(job -> client.call("inner", job.workload()))));
    expectUpper("outer");
  }

  @Test
  void aJobOfAWorkerWithOneSlotMayWaitForOneOfAnotherWorker() {
    work(worker(1).function("inner", JobFunction.ofMono(job -> Mono.just(upper(job)))));
    work(
        worker(1)
            .function("outer", JobFunction.ofMono(job -> client.call("inner", job.workload()))));
    expectUpper("outer");
  }

  @Test
  void codeThatBlocksMayWaitToo() {
    work(worker(1).function("inner", JobFunction.ofMono(job -> Mono.just(upper(job)))));
    work(
        worker(1)
            .function(
                "outer",
                JobFunction.blocking(job -> client.call("inner", job.workload()).block(BOUND))));
    expectUpper("outer");
  }

  @Test
  void aJobOfAWorkerWithOneSlotMayLeaveOneToTheSameWorker() {
    Sinks.Many<String> ran = Sinks.many().unicast().onBackpressureBuffer();
    work(
        worker(1)
            .function(
                "later",
                JobFunction.ofMono(
                    job -> {
                      ran.tryEmitNext(new String(job.workload(), UTF_8));
                      return Mono.empty();
                    }))
            .function(
                "outer",
                JobFunction.ofMono(
                    job ->
                        client
                            .enqueue(JobRequest.of("later", upper(job)))
                            .thenReturn(upper(job)))));
    expectUpper("outer");
    StepVerifier.create(ran.asFlux()).expectNext("TEXT").thenCancel().verify(BOUND);
  }

  @Test
  void theResultsOfManyMayBePassedOnAsTheyCome() {
    work(worker(4).function("inner", JobFunction.ofMono(job -> Mono.just(upper(job)))));
    work(
        worker(1)
            .function(
                "outer",
                JobFunction.ofFlux(
                    job ->
                        Flux.fromArray(new String(job.workload(), UTF_8).split(""))
                            .concatMap(letter -> client.call("inner", letter.getBytes(UTF_8))))));
    expectUpper("outer");
  }
}

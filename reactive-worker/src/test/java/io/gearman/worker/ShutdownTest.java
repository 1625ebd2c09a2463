// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gearman.client.GearmanClient;
import io.gearman.testkit.RunningServer;
import io.gearman.transport.ConnectionState.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** The end of a worker that is not cancelled. */
class ShutdownTest {

  private static final Duration BOUND = Duration.ofSeconds(20);

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  private final Disposable.Composite opened = Disposables.composite();
  private final Sinks.Empty<Void> begun = Sinks.empty();
  private final Sinks.One<byte[]> result = Sinks.one();

  @AfterEach
  void disposeOfWhatWasOpened() {
    opened.dispose();
  }

  private GearmanWorker worker(JobFunction function) {
    return GearmanWorker.builder(server.address())
        .function("f", function)
        .concurrency(1)
        .safetyGrab(Duration.ofMillis(10))
        .build();
  }

  private GearmanWorker slowWorker() {
    return worker(
        JobFunction.ofMono(
            job -> {
              begun.tryEmitEmpty();
              return result.asMono();
            }));
  }

  private CompletableFuture<Void> run(GearmanWorker worker) {
    CompletableFuture<Void> run = worker.run().toFuture();
    opened.add(() -> run.cancel(true));
    return run;
  }

  private CompletableFuture<byte[]> call() {
    GearmanClient client = GearmanClient.builder(server.address()).build();
    opened.add(client);
    return client.call("f", new byte[0]).toFuture();
  }

  @Test
  void aJobThatRunsEndsAndItsClientHasTheResultBeforeTheWorkerEnds() {
    GearmanWorker worker = slowWorker();
    CompletableFuture<Void> run = run(worker);
    CompletableFuture<byte[]> call = call();
    begun.asMono().block(BOUND);
    StepVerifier.create(worker.shutdown(BOUND))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(100))
        .then(() -> result.tryEmitValue(new byte[] {42}))
        .expectNext(new Drained(1, 0))
        .expectComplete()
        .verify(BOUND);
    assertThat(call.join()).containsExactly(42);
    assertThat(Mono.fromFuture(run).blockOptional(BOUND)).isEmpty();
  }

  @Test
  void jobsThatComeMeanwhileAreLeftToOtherWorkers() {
    GearmanWorker worker = slowWorker();
    run(worker);
    call();
    begun.asMono().block(BOUND);
    CompletableFuture<Drained> drained = worker.shutdown(BOUND).toFuture();
    CompletableFuture<byte[]> other = call();
    run(worker(JobFunction.ofMono(job -> Mono.just(new byte[] {7}))));
    assertThat(Mono.fromFuture(other).block(BOUND)).containsExactly(7);
    assertThat(drained).isNotDone();
    result.tryEmitValue(new byte[0]);
    assertThat(Mono.fromFuture(drained).block(BOUND)).isEqualTo(new Drained(1, 0));
  }

  @Test
  void aJobThatDoesNotEndInTimeGoesToAnotherWorker() {
    GearmanWorker worker = slowWorker();
    CompletableFuture<Void> run = run(worker);
    CompletableFuture<byte[]> call = call();
    begun.asMono().block(BOUND);
    StepVerifier.create(worker.shutdown(Duration.ofMillis(50)))
        .expectNext(new Drained(0, 1))
        .expectComplete()
        .verify(BOUND);
    assertThat(Mono.fromFuture(run).blockOptional(BOUND)).isEmpty();
    run(worker(JobFunction.ofMono(job -> Mono.just(new byte[] {7}))));
    assertThat(Mono.fromFuture(call).block(BOUND)).containsExactly(7);
  }

  @Test
  void cancellingTheRunEndsAShutdownToo() {
    GearmanWorker worker = slowWorker();
    CompletableFuture<Void> run = run(worker);
    call();
    begun.asMono().block(BOUND);
    StepVerifier.create(worker.shutdown(BOUND))
        .then(() -> run.cancel(true))
        .expectNext(new Drained(0, 1))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aWorkerThatDoesNotRunHasNothingToEnd() {
    StepVerifier.create(slowWorker().shutdown(BOUND))
        .expectNext(new Drained(0, 0))
        .verifyComplete();
  }

  @Test
  void aWorkerRunsAgainAfterItsEndAndItsStatesGoOn() {
    GearmanWorker worker = worker(JobFunction.ofMono(job -> Mono.just(job.workload())));
    CompletableFuture<Long> twice =
        worker.states().filter(state -> state.status() == Status.READY).take(2).count().toFuture();
    run(worker);
    assertThat(Mono.fromFuture(call()).block(BOUND)).isEmpty();
    worker.shutdown(BOUND).block(BOUND);
    run(worker);
    assertThat(Mono.fromFuture(twice).block(BOUND)).isEqualTo(2);
    assertThat(Mono.fromFuture(call()).block(BOUND)).isEmpty();
  }

  @Test
  void patienceMayBeEndless() {
    GearmanWorker worker = worker(JobFunction.ofMono(job -> Mono.empty()));
    run(worker);
    StepVerifier.create(worker.shutdown(Duration.ofSeconds(Long.MAX_VALUE)))
        .expectNext(new Drained(0, 0))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void patienceIsNotNegative() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> slowWorker().shutdown(Duration.ofMillis(-1)))
        .withMessageContainingAll("patience", "PT-0.001S");
  }
}

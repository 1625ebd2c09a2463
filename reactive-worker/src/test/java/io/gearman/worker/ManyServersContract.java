// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.WorkerException;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.testkit.RunningServer;
import io.gearman.transport.ConnectionState;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A worker of two job servers: ours, and gearmand 1.1.20. */
abstract class ManyServersContract {

  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final byte[] DONE = {1};

  private final Disposable.Composite opened = Disposables.composite();
  private final Disposable.Composite calls = Disposables.composite();

  abstract RunningServer first();

  abstract RunningServer second();

  @AfterEach
  void disposeOfWhatWasOpened() {
    calls.dispose(); // before their client, so that their cancelling meets no errors
    opened.dispose();
  }

  private GearmanWorker.Builder worker() {
    return GearmanWorker.builder(List.of(first().address(), second().address()));
  }

  private GearmanWorker work(GearmanWorker.Builder builder) {
    GearmanWorker worker = builder.build();
    opened.add(worker.run().subscribe());
    return worker;
  }

  private GearmanClient client(RunningServer server) {
    GearmanClient client = GearmanClient.builder(server.address()).build();
    opened.add(client);
    return client;
  }

  private static Mono<String> echo(GearmanClient client, String text) {
    return client.call("echo", text.getBytes(UTF_8)).map(result -> new String(result, UTF_8));
  }

  private static JobFunction echo() {
    return JobFunction.ofMono(job -> Mono.just(job.workload()));
  }

  @Test
  void theJobsOfBothServersAreRun() {
    work(worker().function("echo", echo()).concurrency(1));
    StepVerifier.create(Flux.concat(echo(client(first()), "a"), echo(client(second()), "b")))
        .expectNext("a", "b")
        .expectComplete()
        .verify(BOUND);
  }

  /** What they share needs no locks then. */
  @Test
  void theFunctionsOfAllConnectionsRunOnOneThread() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    JobFunction function =
        JobFunction.ofMono(
            job -> {
              threads.add(Thread.currentThread());
              return Mono.just(job.workload());
            });
    work(
        worker()
            .function("echo", function)
            .function("other", function, FunctionSettings.defaults().withConcurrency(1)));
    StepVerifier.create(
            Flux.just(first(), second())
                .map(this::client)
                .concatMap(its -> its.call("echo", DONE).then(its.call("other", DONE))))
        .expectNextCount(2)
        .expectComplete()
        .verify(BOUND);
    assertThat(threads).hasSize(1);
  }

  @Test
  void noMoreJobsThanSlotsAreHeldOfBothTogether() {
    AtomicInteger held = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    work(
        worker()
            .concurrency(3)
            .function(
                "echo",
                JobFunction.ofMono(
                    job -> {
                      most.accumulateAndGet(held.incrementAndGet(), Math::max);
                      return Mono.delay(Duration.ofMillis(1))
                          .doOnNext(end -> held.decrementAndGet())
                          .thenReturn(job.workload());
                    })));
    StepVerifier.create(Flux.merge(many(client(first()), 200), many(client(second()), 200)))
        .expectNextCount(400)
        .expectComplete()
        .verify(BOUND);
    assertThat(most).hasValue(3);
  }

  private static Flux<String> many(GearmanClient client, int jobs) {
    return Flux.range(0, jobs).flatMap(i -> echo(client, "job"), 32);
  }

  @Test
  void aServerThatAlwaysHasJobsLeavesRoomForTheOther() {
    work(worker().concurrency(1).function("echo", echo()));
    calls.add(many(client(first()), Integer.MAX_VALUE).subscribe(none -> {}, lost -> {}));
    StepVerifier.create(many(client(second()), 50).take(50))
        .expectNextCount(50)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aServerThatIsDownKeepsNobodyFromTheOther() {
    ServerAddress nobody = new ServerAddress("127.0.0.1", 1);
    GearmanWorker worker =
        work(
            GearmanWorker.builder(List.of(nobody, second().address()))
                .function("echo", echo())
                .concurrency(1));
    StepVerifier.create(echo(client(second()), "b")).expectNext("b").expectComplete().verify(BOUND);
    StepVerifier.create(
            worker.states().filter(state -> state.status() == ConnectionState.Status.DOWN).next())
        .expectNextMatches(state -> state.server().equals(nobody))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void jobsThatDoNotEndAreEndedByTheirTimeoutEachInItsTime() {
    work(
        worker()
            .concurrency(4)
            .function(
                "endless",
                JobFunction.ofMono(job -> Mono.never()),
                FunctionSettings.defaults().withTimeout(Duration.ofMillis(300))));
    GearmanClient client = client(first());
    StepVerifier.create(Flux.range(0, 4).flatMap(i -> failure(client)).distinct().collectList())
        .assertNext(
            texts ->
                assertThat(texts)
                    .containsExactly(
                        "java.util.concurrent.TimeoutException:"
                            + " Function endless was given up after its timeout of 300 ms"))
        .expectComplete()
        .verify(BOUND);
  }

  private static Mono<String> failure(GearmanClient client) {
    return client
        .call("endless", new byte[0])
        .map(result -> "a result")
        .onErrorResume(WorkerException.class, given -> Mono.just(new String(given.bytes(), UTF_8)));
  }

  @Test
  void aJobMayNotKnowHowMuchThereIsToDo() {
    work(
        worker()
            .function(
                "unknown", job -> Flux.just(new JobEvent.Status(5, 0), new JobEvent.Data(DONE))));
    StepVerifier.create(
            client(second())
                .run(JobRequest.of("unknown", new byte[0]))
                .filter(event -> !(event instanceof JobEvent.Created)))
        .expectNext(new JobEvent.Status(5, 0))
        .expectNextMatches(event -> event instanceof JobEvent.Data)
        .expectNextMatches(
            event -> event instanceof JobEvent.Completed end && end.bytes().length == 0)
        .expectComplete()
        .verify(BOUND);
  }

  /** With a limit the function has connections of its own. */
  @Test
  void aFunctionWithALimitLeavesTheOtherSlotsToOthers() {
    Set<String> running = ConcurrentHashMap.newKeySet();
    AtomicInteger most = new AtomicInteger();
    work(
        worker()
            .concurrency(4)
            .function("echo", echo())
            .function(
                "slow",
                JobFunction.ofMono(
                    job -> {
                      running.add(job.handle().toString());
                      most.accumulateAndGet(running.size(), Math::max);
                      return Mono.never();
                    }),
                FunctionSettings.defaults().withConcurrency(2)));
    for (RunningServer server : List.of(first(), second())) {
      GearmanClient client = client(server);
      for (int i = 0; i < 4; i++) {
        calls.add(client.call("slow", new byte[0]).subscribe(none -> {}, lost -> {}));
      }
    }
    StepVerifier.create(many(client(first()), 50).mergeWith(many(client(second()), 50)))
        .expectNextCount(100)
        .expectComplete()
        .verify(BOUND);
    assertThat(most.get()).isBetween(1, 2);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.PayloadCodec;
import io.gearman.Priority;
import io.gearman.WorkerException;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.testkit.RunningServer;
import io.gearman.transport.ConnectionState.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Our client and our worker over every job server: ours, and gearmand 1.1.20. */
abstract class ClientAndWorkerContract {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int CHUNKS = 1_000_000;
  private static final int CHUNK_SIZE = 100;

  private final Disposable.Composite opened = Disposables.composite();

  abstract RunningServer server();

  @AfterEach
  void disposeOfWhatWasOpened() {
    opened.dispose();
  }

  private GearmanClient client() {
    GearmanClient client =
        GearmanClient.builder(server().address())
            .connection(server().connection())
            .clientId("client")
            .build();
    opened.add(client);
    return client;
  }

  private void work(int concurrency, String name, JobFunction function) {
    opened.add(
        GearmanWorker.builder(server().address())
            .connection(server().connection())
            .function(name, function)
            .concurrency(concurrency)
            .clientId("worker")
            .build()
            .run()
            .subscribe());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] reversed(Job job) {
    return bytes(new StringBuilder(new String(job.workload(), UTF_8)).reverse().toString());
  }

  @Test
  void aMonoIsTheResult() {
    work(1, "reverse", JobFunction.ofMono(job -> Mono.fromSupplier(() -> reversed(job))));
    client()
        .call("reverse", bytes("hello"))
        .as(StepVerifier::create)
        .expectNextMatches(is("olleh"))
        .verifyComplete();
  }

  @Test
  void aNamespaceIsSeenByNobodyButTheServer() {
    opened.add(
        GearmanWorker.builder(server().address())
            .connection(server().connection())
            .namespace("test/")
            .function(
                "names",
                JobFunction.ofMono(job -> Mono.just(bytes(job.function() + job.reducer()))))
            .build()
            .run()
            .subscribe());
    GearmanClient named =
        GearmanClient.builder(server().address())
            .connection(server().connection())
            .namespace("test/")
            .build();
    opened.add(named);
    JobRequest job = JobRequest.of("names", bytes("x"));
    StepVerifier.create(
            named
                .call(job, PayloadCodec.utf8())
                .concatWith(named.call(job.withReducer("sum"), PayloadCodec.utf8()))
                .concatWith(
                    client().call(JobRequest.of("test/names", bytes("")), PayloadCodec.utf8())))
        .expectNext("names", "namessum", "names")
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aWorkerThatIsPausedTakesNoJobsUntilItGoesOn() {
    AtomicInteger begun = new AtomicInteger();
    GearmanWorker worker =
        GearmanWorker.builder(server().address())
            .connection(server().connection())
            .function(
                "count",
                JobFunction.ofMono(
                    job -> Mono.fromSupplier(() -> bytes("" + begun.incrementAndGet()))))
            .build();
    worker.pause();
    opened.add(worker.run().subscribe());
    Sinks.One<String> result = Sinks.one();
    opened.add(
        client()
            .call(JobRequest.of("count", bytes("")), PayloadCodec.utf8())
            .subscribe(result::tryEmitValue, result::tryEmitError));
    worker.states().filter(state -> state.status() == Status.READY).blockFirst(BOUND);
    work(1, "other", JobFunction.ofMono(job -> Mono.empty()));
    client().call("other", bytes("")).block(BOUND); // the server has had its time
    assertThat(begun).hasValue(0);
    worker.resume();
    StepVerifier.create(result.asMono()).expectNext("1").expectComplete().verify(BOUND);
  }

  @Test
  void anEmptyMonoIsAnEmptyResult() {
    work(1, "nothing", JobFunction.ofMono(job -> Mono.empty()));
    client()
        .call("nothing", bytes("x"))
        .as(StepVerifier::create)
        .expectNextMatches(is(""))
        .verifyComplete();
  }

  @Test
  void aFluxIsAStreamOfParts() {
    work(
        1,
        "letters",
        JobFunction.ofFlux(job -> Flux.just("a", "b", "c").map(ClientAndWorkerContract::bytes)));
    client().stream("letters", bytes(""))
        .map(part -> new String(part, UTF_8))
        .as(StepVerifier::create)
        .expectNext("a", "b", "c")
        .verifyComplete();
    client()
        .call("letters", bytes(""))
        .as(StepVerifier::create)
        .expectNextMatches(is("abc"))
        .verifyComplete();
  }

  @Test
  void codeThatBlocksRunsBesideTheEventLoop() {
    work(4, "thread", JobFunction.blocking(job -> bytes(Thread.currentThread().getName())));
    client()
        .call("thread", bytes(""))
        .map(name -> new String(name, UTF_8))
        .as(StepVerifier::create)
        .expectNextMatches(name -> name.startsWith("boundedElastic"))
        .verifyComplete();
  }

  @Test
  void everyUpdateOfAWorkerIsAnEventOfTheClient() {
    work(
        1,
        "updates",
        job ->
            Flux.just(
                new JobEvent.Status(1, 2),
                new JobEvent.Data(bytes("data")),
                new JobEvent.Warning(bytes("warning")),
                new JobEvent.Completed(bytes("result"))));
    client()
        .run(JobRequest.of("updates", bytes("")))
        .as(StepVerifier::create)
        .expectNextMatches(event -> event instanceof JobEvent.Created)
        .expectNext(new JobEvent.Status(1, 2))
        .expectNext(new JobEvent.Data(bytes("data")))
        .expectNext(new JobEvent.Warning(bytes("warning")))
        .expectNext(new JobEvent.Completed(bytes("result")))
        .verifyComplete();
  }

  @Test
  void theErrorOfAFunctionReachesTheClient() {
    work(
        1,
        "boom",
        JobFunction.ofMono(job -> Mono.error(new WorkerException(job.handle(), bytes("boom")))));
    client()
        .call("boom", bytes(""))
        .as(StepVerifier::create)
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        WorkerException.class,
                        e -> assertThat(e.bytes()).isEqualTo(bytes("boom"))));
  }

  @Test
  void aFunctionMayFailWithoutAReason() {
    work(1, "fail", JobFunction.ofMono(job -> Mono.error(new JobFailedException(job.handle()))));
    client()
        .call("fail", bytes(""))
        .as(StepVerifier::create)
        .verifyErrorSatisfies(
            error -> assertThat(error).isExactlyInstanceOf(JobFailedException.class));
  }

  @Test
  void aBackgroundJobRunsAndItsStatusCanBeAsked() {
    GearmanClient client = client();
    Sinks.One<byte[]> end = Sinks.one();
    Sinks.One<Job> begun = Sinks.one();
    JobHandle handle = client.enqueue(JobRequest.of("background", bytes("x"))).block(BOUND);
    assertThat(client.status(handle).block(BOUND)).isEqualTo(new JobStatus(true, false, 0, 0));
    work(
        1,
        "background",
        job -> {
          begun.tryEmitValue(job);
          return Flux.concat(
              Mono.just(new JobEvent.Status(3, 10)), end.asMono().map(JobEvent.Completed::new));
        });
    assertThat(begun.asMono().block(BOUND).handle()).isEqualTo(handle);
    awaitStatus(client, handle, new JobStatus(true, true, 3, 10));
    end.tryEmitValue(bytes("done"));
    awaitStatus(client, handle, new JobStatus(false, false, 0, 0));
  }

  private static void awaitStatus(GearmanClient client, JobHandle handle, JobStatus expected) {
    client.status(handle).repeat().filter(expected::equals).next().block(BOUND);
  }

  @Test
  void jobsOfHigherPriorityRunFirst() {
    GearmanClient client = client();
    JobRequest request = JobRequest.of("order", bytes("low")).withPriority(Priority.LOW);
    client.enqueue(request).block(BOUND);
    client.enqueue(JobRequest.of("order", bytes("normal"))).block(BOUND);
    client.enqueue(JobRequest.of("order", bytes("high")).withPriority(Priority.HIGH)).block(BOUND);
    Sinks.Many<String> order = Sinks.many().replay().all();
    work(
        1,
        "order",
        JobFunction.ofMono(
            job -> Mono.fromRunnable(() -> order.tryEmitNext(new String(job.workload(), UTF_8)))));
    order
        .asFlux()
        .take(3)
        .as(StepVerifier::create)
        .expectNext("high", "normal", "low")
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void submissionsOfOneUniqueIdShareOneRunAndEachGetsItsResultOnce() {
    AtomicInteger runs = new AtomicInteger();
    GearmanClient client = client();
    JobRequest request = JobRequest.of("once", bytes("x")).withUnique("the one");
    Flux<JobEvent> one = client.run(request).replay().autoConnect();
    Flux<JobEvent> other = client.run(request).replay().autoConnect();
    one.next().block(BOUND);
    other.next().block(BOUND);
    work(
        2,
        "once",
        JobFunction.ofFlux(job -> Flux.just(bytes("run " + runs.incrementAndGet()), bytes("!"))));
    for (Flux<JobEvent> events : List.of(one, other)) {
      events
          .skip(1)
          .as(StepVerifier::create)
          .expectNext(new JobEvent.Data(bytes("run 1")), new JobEvent.Data(bytes("!")))
          .expectNext(new JobEvent.Completed(new byte[0]))
          .expectComplete()
          .verify(BOUND);
    }
  }

  @Test
  void noMoreJobsRunAtOnceThanThereAreSlots() {
    int slots = 5;
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    work(
        slots,
        "count",
        JobFunction.ofMono(
            job ->
                Mono.delay(Duration.ofMillis(1))
                    .doOnSubscribe(
                        begun -> most.accumulateAndGet(running.incrementAndGet(), Math::max))
                    .map(tick -> new byte[0])
                    .doFinally(end -> running.decrementAndGet())));
    GearmanClient client = client();
    Flux.range(0, 200).flatMap(i -> client.call("count", new byte[0]), 200).blockLast(BOUND);
    assertThat(most).hasValue(slots);
  }

  @Test
  void thousandsOfJobsFromManyThreadsEachGetTheirOwnResult() {
    work(64, "reverse", JobFunction.ofMono(job -> Mono.fromSupplier(() -> reversed(job))));
    GearmanClient client = client();
    List<String> wrong =
        Flux.range(0, 20_000)
            .parallel(8)
            .runOn(Schedulers.parallel())
            .flatMap(
                i ->
                    client
                        .call("reverse", bytes("job " + i))
                        .map(result -> new String(result, UTF_8))
                        .filter(
                            result ->
                                !result.equals(new StringBuilder("job " + i).reverse().toString())),
                false,
                256)
            .sequential()
            .collectList()
            .block(BOUND);
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 1 << 20, 16 << 20})
  void workloadsAndResultsOfAnySizeArriveWhole(int size) {
    byte[] workload = new byte[size];
    new Random(size).nextBytes(workload);
    work(1, "echo", JobFunction.ofMono(job -> Mono.just(job.workload())));
    client()
        .call("echo", workload)
        .as(StepVerifier::create)
        .assertNext(result -> assertThat(result).isEqualTo(workload))
        .verifyComplete();
  }

  /**
   * Server, client and worker share the 256 MB heap of the test run: there is no room for 1,000,000
   * chunks.
   */
  @Test
  void aMillionChunksArriveCompleteAndInOrder() {
    work(
        1,
        "chunks",
        JobFunction.ofFlux(job -> Flux.range(0, CHUNKS).map(ClientAndWorkerContract::chunk)));
    Long inOrder =
        client().stream("chunks", new byte[0])
            .index()
            .takeWhile(chunk -> Arrays.equals(chunk.getT2(), chunk(chunk.getT1().intValue())))
            .count()
            .block(BOUND);
    assertThat(inOrder).isEqualTo(CHUNKS);
  }

  private static byte[] chunk(int number) {
    return ByteBuffer.allocate(CHUNK_SIZE).putInt(number).array();
  }

  private static Predicate<byte[]> is(String expected) {
    return actual -> new String(actual, UTF_8).equals(expected);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobRestartedException;
import io.gearman.JobStatus;
import io.gearman.Retryable;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.testkit.RunningServer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** Demand and cancellation from the subscriber to the function, over our server. */
class FlowTest {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int WINDOW = 16;
  private static final byte[] NOTHING = {};

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  private final Disposable.Composite opened = Disposables.composite();

  @AfterEach
  void disposeOfWhatWasOpened() {
    opened.dispose();
  }

  private GearmanClient client() {
    GearmanClient client = GearmanClient.builder(server.address()).window(WINDOW).build();
    opened.add(client);
    return client;
  }

  /** A worker of this function and of "echo", on one connection. */
  private Disposable work(int concurrency, String name, Function<Job, Flux<byte[]>> function) {
    Disposable working =
        GearmanWorker.builder(server.address())
            .function(name, JobFunction.ofFlux(function))
            .function("echo", JobFunction.ofMono(job -> Mono.just(job.workload())))
            .concurrency(concurrency)
            .build()
            .run()
            .subscribe();
    opened.add(working);
    return working;
  }

  /**
   * What this client has said of other jobs of its worker, and the worker in answer, has been heard
   * by all after this: packets do not overtake each other on any of the connections on the way.
   */
  private static void settle(GearmanClient client) {
    assertThat(client.call("echo", number(7)).block(BOUND)).isEqualTo(number(7));
  }

  /** What the server has of a function: jobs, those that run, workers. */
  private String status(String function) {
    return server.connect().command("status").receiveUntil(".").stream()
        .filter(line -> line.startsWith(function + '\t'))
        .collect(joining());
  }

  private static byte[] number(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  private static Flux<byte[]> endless() {
    return Flux.generate(sink -> sink.next(number(1)));
  }

  // ---- demand

  @Test
  void aFunctionIsAheadOfItsReaderByTheWindowAndOneAtMost() {
    int parts = 2_000;
    AtomicLong read = new AtomicLong();
    AtomicLong most = new AtomicLong();
    work(
        1,
        "count",
        job ->
            Flux.range(1, parts)
                .doOnNext(produced -> most.accumulateAndGet(produced - read.get(), Math::max))
                .map(FlowTest::number));
    readOneByOne(client().stream("count", NOTHING), read).block(BOUND);
    assertThat(read).hasValue(parts);
    assertThat(most).hasValue(WINDOW + 1);
  }

  /** Asks for each part on another thread than that on which they come. */
  private static Mono<Void> readOneByOne(Flux<byte[]> parts, AtomicLong read) {
    Sinks.Empty<Void> end = Sinks.empty();
    parts.subscribe(
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            request(1);
          }

          @Override
          protected void hookOnNext(byte[] part) {
            read.incrementAndGet();
            Schedulers.parallel().schedule(() -> request(1));
          }

          @Override
          protected void hookOnComplete() {
            end.tryEmitEmpty();
          }

          @Override
          protected void hookOnError(Throwable failure) {
            end.tryEmitError(failure);
          }
        });
    return end.asMono();
  }

  @Test
  void aReaderThatTakesNothingLeavesOtherJobsOfTheConnectionAlone() {
    work(2, "endless", job -> endless());
    GearmanClient client = client();
    Sinks.Empty<Void> arrived = Sinks.empty();
    TestSubscriber<byte[]> reader = TestSubscriber.builder().initialRequest(1).build();
    client.stream("endless", NOTHING).doOnNext(part -> arrived.tryEmitEmpty()).subscribe(reader);
    arrived.asMono().block(BOUND);
    settle(client);
    reader.cancel();
  }

  // ---- cancellation

  @Test
  void cancellingReachesTheFunctionAndFreesItsSlot() {
    Sinks.Empty<Void> cancelled = Sinks.empty();
    work(1, "endless", job -> endless().doOnCancel(cancelled::tryEmitEmpty));
    GearmanClient client = client();
    client.stream("endless", NOTHING).take(3).blockLast(BOUND);
    cancelled.asMono().block(BOUND);
    settle(client); // in the one slot
    assertThat(status("endless")).isEqualTo("endless\t0\t0\t1");
  }

  @Test
  void aFunctionThatEmitsNothingIsCancelledToo() {
    Sinks.Empty<Void> begun = Sinks.empty();
    Sinks.Empty<Void> cancelled = Sinks.empty();
    work(1, "silent", job -> silent(begun).doOnCancel(cancelled::tryEmitEmpty));
    GearmanClient client = client();
    Disposable call = client.call("silent", NOTHING).subscribe();
    begun.asMono().block(BOUND);
    call.dispose();
    cancelled.asMono().block(BOUND);
    settle(client); // in the one slot
    assertThat(status("silent")).isEqualTo("silent\t0\t0\t1");
  }

  private static Flux<byte[]> silent(Sinks.Empty<Void> begun) {
    return Flux.<byte[]>never().doOnSubscribe(subscribed -> begun.tryEmitEmpty());
  }

  @Test
  void theLossOfTheClientCancelsWhatRunsAndDropsWhatWaits() {
    AtomicInteger runs = new AtomicInteger();
    Sinks.Empty<Void> begun = Sinks.empty();
    Sinks.Empty<Void> cancelled = Sinks.empty();
    work(
        1,
        "silent",
        job -> {
          runs.incrementAndGet();
          return silent(begun).doOnCancel(cancelled::tryEmitEmpty);
        });
    GearmanClient client = client();
    submit(client, "silent");
    submit(client, "silent");
    begun.asMono().block(BOUND);
    assertThat(status("silent")).isEqualTo("silent\t2\t1\t1");
    client.dispose();
    cancelled.asMono().block(BOUND);
    settle(client());
    assertThat(runs).hasValue(1);
    assertThat(status("silent")).isEqualTo("silent\t0\t0\t1");
  }

  /** Submits a job to whose events nobody listens, and waits until the server has accepted it. */
  private static void submit(GearmanClient client, String function) {
    Sinks.Empty<Void> accepted = Sinks.empty();
    client
        .run(JobRequest.of(function, NOTHING))
        .doOnNext(created -> accepted.tryEmitEmpty())
        .subscribe(TestSubscriber.builder().initialRequest(1).build());
    accepted.asMono().block(BOUND);
  }

  @Test
  void aCancelledJobThatWaitsIsNeverRun() {
    AtomicInteger runs = new AtomicInteger();
    GearmanClient client = client();
    JobHandle handle =
        client
            .run(JobRequest.of("later", NOTHING))
            .next()
            .cast(JobEvent.Created.class)
            .map(JobEvent.Created::handle)
            .block(BOUND);
    assertThat(client.status(handle).block(BOUND)).isEqualTo(new JobStatus(false, false, 0, 0));
    work(1, "later", job -> endless().doOnSubscribe(begun -> runs.incrementAndGet()));
    settle(client);
    assertThat(runs).hasValue(0);
  }

  // ---- the worker dies in mid-stream

  /** The worker is lost when two parts have arrived; another one sends others. */
  private void dieInMidStream(GearmanClient client) {
    Sinks.Empty<Void> sent = Sinks.empty();
    Disposable dying =
        work(
            2,
            "parts",
            job ->
                parts("a", "b")
                    .concatWith(Flux.<byte[]>never().doOnRequest(more -> sent.tryEmitEmpty())));
    sent.asMono().block(BOUND);
    settle(client);
    dying.dispose();
    work(2, "parts", job -> parts("x", "y"));
  }

  private static Flux<byte[]> parts(String... parts) {
    return Flux.just(parts).map(FlowTest::bytes);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void callReturnsTheResultOfTheSecondRunAlone() {
    GearmanClient client = client();
    Mono<byte[]> result = client.call("parts", NOTHING).cache();
    result.subscribe();
    dieInMidStream(client);
    assertThat(result.block(BOUND)).isEqualTo(bytes("xy"));
  }

  @Test
  void runShowsTheRestart() {
    GearmanClient client = client();
    Flux<JobEvent> events = client.run(JobRequest.of("parts", NOTHING)).replay().autoConnect();
    events.subscribe();
    dieInMidStream(client);
    events
        .skip(1)
        .as(StepVerifier::create)
        .expectNext(new JobEvent.Data(bytes("a")), new JobEvent.Data(bytes("b")))
        .expectNext(new JobEvent.Restarted())
        .expectNext(new JobEvent.Data(bytes("x")), new JobEvent.Data(bytes("y")))
        .expectNext(new JobEvent.Completed(NOTHING))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void streamFailsWithARetryableError() {
    GearmanClient client = client();
    Flux<byte[]> parts = client.stream("parts", NOTHING).replay().autoConnect();
    parts.subscribe(part -> {}, error -> {});
    dieInMidStream(client);
    parts
        .as(StepVerifier::create)
        .expectNextCount(2)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(JobRestartedException.class)
                    .isInstanceOf(Retryable.class))
        .verify(BOUND);
  }

  // ---- many

  /** Data begins when the one that stays has joined: nobody is told what was before. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void ofTwoSubmissionsOfOneJobOneMayBeCancelledAtAnyMomentAndTheOtherGetsEverythingOnce(
      long seed) {
    int parts = 100;
    Random random = new Random(seed);
    Map<String, Sinks.Empty<Void>> joined = new ConcurrentHashMap<>();
    work(
        8,
        "numbers",
        job ->
            joined.get(job.unique()).asMono().thenMany(Flux.range(0, parts).map(FlowTest::number)));
    GearmanClient client = client();
    for (int i = 0; i < 100; i++) {
      JobRequest request = JobRequest.of("numbers", NOTHING).withUnique("job " + i);
      Sinks.Empty<Void> begin = Sinks.empty();
      joined.put(request.unique().text(), begin);
      Flux<Integer> staying = data(client.run(request).doOnNext(event -> begin.tryEmitEmpty()));
      Flux<Integer> leaving =
          client.run(request).take(random.nextInt(parts + 3)).thenMany(Flux.empty());
      List<Flux<Integer>> both =
          random.nextBoolean() ? List.of(staying, leaving) : List.of(leaving, staying);
      assertThat(Flux.merge(both).collectList().block(BOUND))
          .isEqualTo(IntStream.range(0, parts).boxed().toList());
    }
    settle(client);
    assertThat(status("numbers")).isEqualTo("numbers\t0\t0\t1");
  }

  private static Flux<Integer> data(Flux<JobEvent> events) {
    return events.ofType(JobEvent.Data.class).map(data -> ByteBuffer.wrap(data.bytes()).getInt());
  }

  @Test
  void manyCancelsAtRandomMomentsLeaveNothingBehind() {
    int jobs = 10_000;
    AtomicInteger running = new AtomicInteger();
    work(
        32,
        "endless",
        job ->
            endless()
                .doOnSubscribe(begun -> running.incrementAndGet())
                .doFinally(end -> running.decrementAndGet()));
    GearmanClient client = client();
    List<Integer> moments = new Random(7).ints(jobs, 0, 40).boxed().toList();
    Flux.fromIterable(moments)
        .flatMap(moment -> client.run(JobRequest.of("endless", NOTHING)).take(moment).then(), 64)
        .blockLast(BOUND);
    settle(client);
    assertThat(status("endless")).isEqualTo("endless\t0\t0\t1");
    assertThat(running).hasValue(0);
  }
}

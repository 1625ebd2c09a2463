// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What must hold for long: in a build for a moment, with {@code -Psoak} for minutes. */
class FlowSoakTest {

  private static final Logger log = LoggerFactory.getLogger(FlowSoakTest.class);
  private static final int SOAK = Integer.getInteger("soak", 1);
  private static final Duration BOUND = Duration.ofMinutes(10);
  private static final int WINDOW = 16;
  private static final long HEAP_NOISE = 16 << 20;

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  private final Disposable.Composite opened = Disposables.composite();
  private final AtomicInteger running = new AtomicInteger();

  @AfterEach
  void disposeOfWhatWasOpened() {
    opened.dispose();
  }

  private GearmanClient client() {
    GearmanClient client = GearmanClient.builder(server.address()).window(WINDOW).build();
    opened.add(client);
    return client;
  }

  private void work(int concurrency, JobFunction function) {
    opened.add(
        GearmanWorker.builder(server.address())
            .function("numbers", function)
            .function("echo", JobFunction.ofMono(job -> Mono.just(job.workload())))
            .concurrency(concurrency)
            .build()
            .run()
            .subscribe());
  }

  /** Counts what is asked of it, and runs until it is cancelled. */
  private JobFunction endless(AtomicLong produced) {
    return JobFunction.ofFlux(
        job ->
            Flux.<byte[]>generate(
                    sink -> {
                      produced.incrementAndGet();
                      sink.next(new byte[1_000]);
                    })
                .doOnSubscribe(begun -> running.incrementAndGet())
                .doFinally(end -> running.decrementAndGet()));
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void aReaderOfOneItemPerSecondHoldsTheWorkerBackAndNobodyElse() {
    int seconds = 3 * SOAK;
    AtomicLong produced = new AtomicLong();
    AtomicLong read = new AtomicLong();
    work(4, endless(produced));
    GearmanClient client = client();
    Disposable others =
        Mono.defer(() -> client.call("echo", new byte[128])).repeat().onErrorComplete().subscribe();
    opened.add(others);
    List<Long> ahead = new ArrayList<>();
    List<Long> heaps = new ArrayList<>();
    client.stream("numbers", new byte[0])
        .doOnNext(
            part -> {
              ahead.add(produced.get() - read.get());
              read.incrementAndGet();
            })
        .limitRate(1)
        .concatMap(part -> Mono.delay(Duration.ofSeconds(1)), 0)
        .doOnNext(tick -> heaps.add(heap()))
        .take(seconds)
        .blockLast(BOUND);
    log.info(
        "{} s: at most {} ahead, heap {} MiB",
        seconds,
        max(ahead),
        heaps.stream().map(h -> h >> 20).toList());
    assertThat(max(ahead)).isLessThanOrEqualTo(WINDOW + 1);
    assertThat(heaps.get(heaps.size() - 1)).isLessThan(heaps.get(0) + HEAP_NOISE);
  }

  private static long max(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).max().orElseThrow();
  }

  @Test
  void cancelsAtRandomMomentsLeaveNothingBehind() {
    int slots = 32;
    work(slots, endless(new AtomicLong()));
    GearmanClient client = client();
    cancelAtRandom(client, 1_000);
    long before = heap();
    int cancels = 100_000 * SOAK;
    cancelAtRandom(client, cancels);
    awaitAllFree();
    long after = heap();
    log.info("{} cancels: heap {} MiB before, {} MiB after", cancels, before >> 20, after >> 20);
    assertThat(running).hasValue(0);
    assertThat(after).isLessThan(before + HEAP_NOISE);
    awaitAllRunningAtOnce(client, slots);
  }

  /** After some events or after some time, whichever comes first. */
  private static void cancelAtRandom(GearmanClient client, int cancels) {
    Random random = new Random(4730);
    Flux.range(0, cancels)
        .flatMap(
            i ->
                client
                    .run(JobRequest.of("numbers", new byte[0]))
                    .take(random.nextInt(100))
                    .take(Duration.ofNanos(random.nextInt(5_000_000)))
                    .then(),
            64)
        .blockLast(BOUND);
  }

  private void awaitAllFree() {
    WireClient admin = server.connect();
    Instant end = Instant.now().plus(BOUND);
    while (!admin.command("status").receiveUntil(".").contains("numbers\t0\t0\t1")) {
      assertThat(Instant.now()).isBefore(end);
    }
  }

  private void awaitAllRunningAtOnce(GearmanClient client, int slots) {
    Flux.range(0, slots)
        .flatMap(i -> client.stream("numbers", new byte[0]), slots, 1)
        .takeUntil(part -> running.get() == slots)
        .blockLast(BOUND);
  }
}

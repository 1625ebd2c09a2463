// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.JobEvent;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.client.ServerSelection;
import io.gearman.server.JobServer;
import io.gearman.transport.Backoff;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Three servers of which one after the other stops and comes back, and a worker of two slots: in a
 * build for a moment, with {@code -Psoak} for 100,000 jobs.
 *
 * <p>The servers keep nothing, so what a stopped one has acknowledged goes with it, and its client
 * is told. That is what is promised, and what is counted here: each job that was acknowledged ends
 * at its client, with its result, or with the loss of the connection to the server that stopped;
 * then, and only then, it is submitted again.
 */
@Timeout(value = 11, unit = TimeUnit.MINUTES)
class ManyServersSoakTest {

  private static final Logger log = LoggerFactory.getLogger(ManyServersSoakTest.class);
  private static final int JOBS = 5_000 * Integer.getInteger("soak", 1);
  private static final int SLOTS = 2;
  private static final int AT_ONCE = 48;
  private static final Duration BOUND = Duration.ofMinutes(10);
  private static final int JOBS_BETWEEN_STOPS = 400;
  private static final ConnectionSettings CONNECTION =
      ConnectionSettings.defaults()
          .withBackoff(new Backoff(Duration.ofMillis(10), Duration.ofMillis(100)));

  private final List<JobServer.Bound> servers = new ArrayList<>();
  private final Disposable.Composite opened = Disposables.composite();
  private final Sinks.Many<Integer> turns = Sinks.many().unicast().onBackpressureBuffer();
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger mostHeld = new AtomicInteger();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger completed = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicInteger stops = new AtomicInteger();

  @AfterEach
  void disposeOfWhatWasOpened() {
    opened.dispose();
    servers.forEach(server -> server.disposeNow(BOUND));
  }

  private List<ServerAddress> start() {
    for (int i = 0; i < 3; i++) {
      servers.add(bind(0));
    }
    return servers.stream().map(server -> new ServerAddress("127.0.0.1", server.port())).toList();
  }

  private static JobServer.Bound bind(int port) {
    return JobServer.create().port(port).bind().block(BOUND);
  }

  /** Stops one after the other, each before the next, and starts it again. */
  private void comeAndGo() {
    opened.add(
        turns
            .asFlux()
            .publishOn(Schedulers.boundedElastic())
            .concatMap(turn -> Mono.fromRunnable(() -> restart(turn % 3)), 1)
            .subscribe());
  }

  private void restart(int i) {
    int port = servers.get(i).port();
    servers.get(i).disposeNow(BOUND);
    stops.incrementAndGet();
    servers.set(i, bind(port));
  }

  /** It is called when a job is assigned, and done with when that has ended or is lost. */
  private Mono<byte[]> run(Job job) {
    mostHeld.accumulateAndGet(held.incrementAndGet(), Math::max);
    return Mono.fromSupplier(job::workload)
        .publishOn(Schedulers.parallel())
        .doFinally(end -> held.decrementAndGet());
  }

  private Mono<Integer> submit(GearmanClient client, int number) {
    byte[] workload = ByteBuffer.allocate(4).putInt(number).array();
    return client
        .run(JobRequest.of("count", workload))
        .doOnNext(this::count)
        .filter(event -> event instanceof JobEvent.Completed)
        .map(event -> ByteBuffer.wrap(((JobEvent.Completed) event).bytes()).getInt())
        .single()
        .doOnError(ConnectionException.class, this::count)
        .retryWhen(Retry.indefinitely().filter(error -> error instanceof ConnectionException));
  }

  private void count(JobEvent event) {
    if (event instanceof JobEvent.Created) {
      acknowledged.incrementAndGet();
    } else if (event instanceof JobEvent.Completed) {
      completed.incrementAndGet();
    }
  }

  private void count(ConnectionException failure) {
    if (failure.phase() == ConnectionException.Phase.ACCEPTED) {
      lost.incrementAndGet();
    }
  }

  @Test
  void noMoreJobsAreHeldThanThereAreSlotsAndEachOneEnds() {
    List<ServerAddress> addresses = start();
    opened.add(
        GearmanWorker.builder(addresses)
            .connection(CONNECTION)
            .concurrency(SLOTS)
            .function("count", JobFunction.ofMono(this::run))
            .build()
            .run()
            .subscribe());
    GearmanClient client =
        GearmanClient.builder(addresses)
            .connection(CONNECTION)
            .selection(ServerSelection.ROUND_ROBIN)
            .build();
    opened.add(client);
    comeAndGo();
    BitSet results = new BitSet(JOBS);
    Flux.range(0, JOBS)
        .flatMap(number -> submit(client, number), AT_ONCE)
        .publishOn(Schedulers.single())
        .doOnNext(results::set)
        .index((done, number) -> done)
        .filter(done -> done % JOBS_BETWEEN_STOPS == 1)
        .doOnNext(done -> turns.tryEmitNext((int) (done / JOBS_BETWEEN_STOPS)))
        .blockLast(BOUND);
    log.info("{} jobs, acknowledged {}, lost {} with {} stops", JOBS, acknowledged, lost, stops);
    assertThat(results.cardinality()).isEqualTo(JOBS);
    assertThat(completed).hasValue(JOBS);
    assertThat(acknowledged).hasValue(JOBS + lost.get());
    assertThat(mostHeld).hasValue(SLOTS);
    assertThat(stops).hasPositiveValue();
    assertThat(lost.get()).isBetween(1, stops.get() * AT_ONCE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.client.GearmanClient;
import io.gearman.testkit.RunningServer;
import io.gearman.transport.ConnectionSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/**
 * Readers that take nothing for a while, over every job server. The parts of one job are many times
 * what the client would buffer.
 */
abstract class SlowReaderContract {

  static final Duration BOUND = Duration.ofSeconds(60);
  static final int BUFFER_LIMIT = 64 << 10;
  static final int PARTS = 10_000;
  static final int PART_SIZE = 1_000;

  final Sinks.Empty<Void> allSent = Sinks.empty(); // by the worker, for the first time
  private final Disposable.Composite opened = Disposables.composite();

  abstract RunningServer server();

  @BeforeEach
  void work() {
    opened.add(
        GearmanWorker.builder(server().address())
            .function(
                "parts",
                JobFunction.ofFlux(
                    job ->
                        Flux.range(0, PARTS)
                            .map(SlowReaderContract::part)
                            .doOnComplete(allSent::tryEmitEmpty)))
            .function("echo", JobFunction.ofMono(job -> Mono.just(job.workload())))
            .concurrency(8)
            .build()
            .run()
            .subscribe());
  }

  @AfterEach
  void disposeOfWhatWasOpened() {
    opened.dispose();
  }

  GearmanClient client(int streamConnections) {
    return client(streamConnections, ConnectionSettings.defaults());
  }

  GearmanClient client(int streamConnections, ConnectionSettings connection) {
    GearmanClient client =
        GearmanClient.builder(server().address())
            .bufferLimit(BUFFER_LIMIT)
            .streamConnections(streamConnections)
            .connection(connection)
            .build();
    opened.add(client);
    return client;
  }

  static Flux<Integer> parts(GearmanClient client) {
    return client.stream("parts", new byte[0]).map(part -> ByteBuffer.wrap(part).getInt());
  }

  private static byte[] part(int number) {
    return ByteBuffer.allocate(PART_SIZE).putInt(number).array();
  }

  static byte[] echo(GearmanClient client) {
    return client.call("echo", new byte[7]).block(BOUND);
  }

  @Test
  void getEverythingInOrderWhenTheyGoOn() {
    GearmanClient client = client(1);
    StepVerifier.create(parts(client), 1)
        .expectNext(0)
        .then(() -> assertThat(echo(client)).hasSize(7)) // the worker has had its turn
        .thenRequest(Long.MAX_VALUE)
        .expectNextSequence(IntStream.range(1, PARTS).boxed().toList())
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void doNotDisturbTheOtherJobsOfTheirClient() {
    GearmanClient client = client(2);
    StepVerifier.create(Flux.merge(parts(client), parts(client)), 2)
        .expectNextCount(2)
        .then(
            () -> {
              for (int i = 0; i < 100; i++) {
                assertThat(echo(client)).hasSize(7);
              }
            })
        .thenCancel()
        .verify(BOUND);
    assertThat(echo(client)).hasSize(7);
  }

  @Test
  void findTheirPlacesFreeWhateverWasCancelledBefore() {
    int places = 4;
    GearmanClient client = client(places);
    Random random = new Random(4730);
    Flux.range(0, 500)
        .flatMap(
            i ->
                parts(client)
                    .take(random.nextInt(10))
                    .take(Duration.ofNanos(random.nextInt(3_000_000))),
            places)
        .blockLast(BOUND);
    Flux.range(0, places)
        .flatMap(i -> parts(client).limitRate(1).count(), places, 1)
        .as(StepVerifier::create)
        .expectNextSequence(Collections.nCopies(places, (long) PARTS))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void oneAfterTheOtherAreServedHoweverManyThereAre() {
    GearmanClient client = client(1);
    Flux.range(0, 20)
        .concatMap(i -> parts(client).take(i))
        .count()
        .as(StepVerifier::create)
        .expectNext(20L * 19 / 2)
        .expectComplete()
        .verify(BOUND);
    assertThat(echo(client)).hasSize(7);
  }
}

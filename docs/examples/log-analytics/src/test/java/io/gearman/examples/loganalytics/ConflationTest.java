// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class ConflationTest {

  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final Duration NEVER = Duration.ofHours(1);

  private final Scheduler thread = Schedulers.single(Schedulers.parallel());
  private final AtomicInteger state = new AtomicInteger();
  private final AtomicInteger views = new AtomicInteger();

  @AfterEach
  void stop() {
    thread.dispose();
  }

  @Test
  void viewsAreTakenInOrderAndTheLastOnesShowTheEnd() {
    Flux<Integer> changes = Flux.range(1, 1_000).publishOn(thread).doOnNext(state::set);

    StepVerifier.create(latest(changes, NEVER)).expectNext("a1000", "b1000").verifyComplete();
  }

  @Test
  void readerWhoAsksForNothingCostsNothingAndFindsTheLatest() {
    Sinks.Many<Integer> changes = Sinks.many().unicast().onBackpressureBuffer();
    Flux<Integer> states = changes.asFlux().publishOn(thread).doOnNext(state::set);

    StepVerifier.create(latest(states, PERIOD), 0)
        .expectSubscription()
        .then(() -> changes.tryEmitNext(1))
        .expectNoEvent(Duration.ofMillis(100))
        .then(() -> assertThat(views).hasValue(0))
        .then(() -> changes.tryEmitNext(2))
        .expectNoEvent(Duration.ofMillis(100))
        .thenRequest(1)
        .expectNext("a2")
        .then(() -> changes.tryEmitNext(3))
        .expectNoEvent(Duration.ofMillis(100))
        .then(() -> assertThat(views).hasValue(1))
        .thenRequest(1)
        .expectNext("b3")
        .then(() -> changes.tryEmitComplete())
        .thenRequest(Long.MAX_VALUE)
        .thenConsumeWhile(view -> view.endsWith("3"))
        .verifyComplete();
  }

  @Test
  void aSlowReaderSeesFarLessThanHappens() {
    Flux<Integer> changes =
        Flux.interval(Duration.ofMillis(1))
            .take(500)
            .onBackpressureBuffer()
            .publishOn(thread)
            .map(i -> state.incrementAndGet());

    List<String> seen =
        latest(changes, Duration.ofMillis(1))
            .concatMap(view -> Flux.just(view).delayElements(Duration.ofMillis(20)), 1)
            .collectList()
            .block();

    assertThat(seen).hasSizeLessThan(60).endsWith("b500");
  }

  @Test
  void notMoreThanOneRoundPerPeriod() {
    Flux<Integer> changes =
        Flux.interval(Duration.ofMillis(1))
            .take(200)
            .onBackpressureBuffer()
            .publishOn(thread)
            .map(i -> state.incrementAndGet());

    List<String> seen = latest(changes, Duration.ofMillis(50)).collectList().block();

    assertThat(seen).hasSizeBetween(2, 2 * (200 / 50 + 4)).endsWith("a200", "b200");
  }

  @Test
  void viewsAreTakenOnTheThreadOfTheState() {
    Flux<Integer> changes = Flux.range(1, 10).publishOn(thread);
    String threadOfState =
        Flux.just(1).publishOn(thread).map(i -> Thread.currentThread().getName()).blockLast();

    Flux<String> threads =
        Conflation.latest(changes, List.of(i -> Thread.currentThread().getName()), PERIOD, thread);

    StepVerifier.create(threads, 0)
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(100))
        .thenRequest(1)
        .expectNext(String.valueOf(threadOfState))
        .verifyComplete();
    assertThat(threads)
        .as("a consumer that polled would compute the views on its own thread")
        .isNotInstanceOf(Fuseable.class);
  }

  @Test
  void errorComesThrough() {
    Flux<Integer> changes = Flux.error(new IllegalStateException("lost"));

    StepVerifier.create(latest(changes, PERIOD)).verifyErrorMessage("lost");
  }

  @Test
  void cancellingCancelsTheSource() {
    Sinks.Many<Integer> changes = Sinks.many().unicast().onBackpressureBuffer();

    StepVerifier.create(latest(changes.asFlux().publishOn(thread), PERIOD))
        .then(() -> changes.tryEmitNext(1))
        .expectNextCount(2)
        .thenCancel()
        .verify();
    assertThat(changes.currentSubscriberCount()).isZero();
  }

  private Flux<String> latest(Flux<Integer> changes, Duration period) {
    return Conflation.latest(changes, List.of(s -> view("a"), s -> view("b")), period, thread);
  }

  private String view(String name) {
    views.incrementAndGet();
    return name + state;
  }
}

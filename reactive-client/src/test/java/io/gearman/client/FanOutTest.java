// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gearman.testkit.TckTests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.subscriber.TestSubscriber;

class FanOutTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  private final TestPublisher<Integer> elements = TestPublisher.create();
  private final List<Sinks.One<String>> actions = new ArrayList<>();
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong cancelled = new AtomicLong();

  private TestSubscriber<String> fanOut(int concurrency, long demand) {
    TestSubscriber<String> values = TestSubscriber.builder().initialRequest(demand).build();
    new FanOut<>(elements.flux().doOnRequest(asked::addAndGet), concurrency, this::action)
        .subscribe(values);
    return values;
  }

  private Mono<String> action(int element) {
    Sinks.One<String> end = Sinks.one();
    actions.add(end);
    return end.asMono().doOnCancel(cancelled::incrementAndGet);
  }

  @Test
  void asManyAreAskedForAsHavePlacesAndOneMoreForEachValueThatWasTaken() {
    TestSubscriber<String> values = fanOut(2, 1);
    assertThat(asked).hasValue(2);
    elements.next(0, 1);
    actions.get(1).tryEmitValue("b");
    assertThat(asked).hasValue(3);
    elements.next(2);
    actions.get(0).tryEmitValue("a");
    assertThat(asked).hasValue(3);
    assertThat(values.getReceivedOnNext()).containsExactly("b");
    values.request(1);
    assertThat(asked).hasValue(4);
    assertThat(values.getReceivedOnNext()).containsExactly("b", "a");
  }

  @Test
  void anActionWithoutAValueNeedsNoDemand() {
    TestSubscriber<String> values = fanOut(1, 0);
    elements.next(0);
    actions.get(0).tryEmitEmpty();
    assertThat(asked).hasValue(2);
    elements.complete();
    assertThat(values.isTerminatedComplete()).isTrue();
  }

  @Test
  void theEndComesBehindTheLastValue() {
    TestSubscriber<String> values = fanOut(2, 0);
    elements.next(0).complete();
    actions.get(0).tryEmitValue("a");
    assertThat(values.isTerminated()).isFalse();
    values.request(1);
    assertThat(values.isTerminatedComplete()).isTrue();
  }

  @Test
  void theFirstErrorIsTheEndAndCancelsTheOthers() {
    TestSubscriber<String> values = fanOut(3, 9);
    elements.next(0, 1, 2);
    actions.get(1).tryEmitError(new IllegalStateException("first"));
    assertThat(values.expectTerminalError()).hasMessage("first");
    assertThat(cancelled).hasValue(2);
    elements.assertCancelled();
  }

  @Test
  void anErrorOfTheElementsCancelsWhatIsUnderWay() {
    TestSubscriber<String> values = fanOut(3, 9);
    elements.next(0, 1).error(new IllegalStateException("source"));
    assertThat(values.expectTerminalError()).hasMessage("source");
    assertThat(cancelled).hasValue(2);
  }

  @Test
  void anActionThatThrowsIsAnError() {
    StepVerifier.create(
            new FanOut<Integer, String>(
                Flux.just(1),
                1,
                element -> {
                  throw new IllegalStateException("thrown");
                }))
        .verifyErrorMessage("thrown");
  }

  @Test
  void cancellingCancelsAll() {
    TestSubscriber<String> values = fanOut(3, 9);
    elements.next(0, 1);
    values.cancel();
    elements.assertCancelled();
    assertThat(cancelled).hasValue(2);
  }

  @Test
  void errorsAtTheSameMomentAreOneEnd() {
    int count = 1_000;
    for (int round = 0; round < 20; round++) {
      Sinks.Empty<Void> go = Sinks.empty();
      StepVerifier.create(
              new FanOut<Integer, String>(
                  Flux.range(0, count)
                      .doOnComplete(() -> Schedulers.single().schedule(go::tryEmitEmpty)),
                  count,
                  element ->
                      go.asMono()
                          .publishOn(Schedulers.parallel())
                          .then(Mono.error(new IllegalStateException("one of many")))))
          .expectErrorMessage("one of many")
          .verify(BOUND);
    }
  }

  /** With flatMap it takes minutes. */
  @Test
  void aHundredThousandAtOnceFromManyThreads() {
    int count = 100_000;
    Sinks.Empty<Void> go = Sinks.empty();
    Flux<Integer> values =
        new FanOut<>(
            Flux.range(0, count).doOnComplete(() -> Schedulers.single().schedule(go::tryEmitEmpty)),
            count,
            element ->
                go.asMono()
                    .publishOn(Schedulers.parallel())
                    .then(Mono.fromSupplier(() -> element)));
    StepVerifier.create(values.distinct().count())
        .expectNext((long) count)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aConcurrencyOfZeroIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FanOut<>(Flux.<Integer>never(), 0, this::action))
        .withMessage("concurrency must be 1 or more, not 0");
  }

  @TestFactory
  Stream<DynamicTest> itKeepsTheRulesOfReactiveStreams() {
    return TckTests.of(Verification::new);
  }

  /** Public, since the TCK is made for TestNG. */
  public static final class Verification extends PublisherVerification<Integer> {

    public Verification() {
      super(new TestEnvironment(1_000, 50), 2_000);
    }

    @Override
    public Publisher<Integer> createPublisher(long count) {
      Flux<Integer> elements = Flux.range(0, (int) Math.min(count, Integer.MAX_VALUE));
      return new FanOut<>(
          elements, 3, element -> Mono.just(element).publishOn(Schedulers.parallel()));
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
      return new FanOut<>(Flux.<Integer>error(new IllegalStateException("failed")), 3, Mono::just);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class ThrottleTest {

  private static final Duration MOMENT = Duration.ofMillis(1);

  @Test
  void itemsPassAtTheRate() {
    through(() -> new Throttle(rate("4")))
        .expectSubscription()
        .expectNext(0) // the first one has nothing to wait for
        .expectNoEvent(Duration.ofMillis(250))
        .expectNext(1)
        .expectNoEvent(Duration.ofMillis(250))
        .expectNext(2)
        .thenCancel()
        .verify();
  }

  @Test
  void withoutALimitNothingWaits() {
    through(() -> new Throttle(Throttle.Rate.UNLIMITED))
        .expectSubscription()
        .expectNextCount(1_000)
        .thenCancel()
        .verify();
  }

  @Test
  void itemThatWaitsFollowsAChangeAtOnce() {
    Throttle[] throttle = new Throttle[1];
    through(() -> throttle[0] = new Throttle(rate("1")))
        .expectSubscription()
        .expectNext(0)
        .expectNoEvent(Duration.ofMillis(400))
        .then(() -> throttle[0].set(rate("2")))
        .expectNoEvent(Duration.ofMillis(100).minus(MOMENT))
        .thenAwait(MOMENT)
        .expectNext(1)
        .then(() -> throttle[0].set(Throttle.Rate.UNLIMITED))
        .expectNextCount(100)
        .thenCancel()
        .verify();
  }

  @Test
  void limitHoldsFromTheNextItemOn() {
    Throttle[] throttle = new Throttle[1];
    StepVerifier.withVirtualTime(
            () -> {
              throttle[0] = new Throttle(Throttle.Rate.UNLIMITED);
              return Flux.range(0, 100).concatMap(throttle[0]::pass, 0);
            },
            0)
        .expectSubscription()
        .thenRequest(10)
        .expectNextCount(10)
        .then(() -> throttle[0].set(rate("1")))
        .thenRequest(10)
        .expectNoEvent(Duration.ofSeconds(1))
        .expectNext(10)
        .thenCancel()
        .verify();
  }

  @Test
  void pauseIsNotCaughtUpOn() {
    Throttle[] throttle = new Throttle[1];
    StepVerifier.withVirtualTime(
            () -> {
              throttle[0] = new Throttle(rate("1"));
              return Flux.range(0, 100).concatMap(throttle[0]::pass, 0);
            },
            1)
        .expectSubscription()
        .expectNext(0)
        .thenAwait(Duration.ofMinutes(1))
        .thenRequest(10)
        .expectNextCount(2) // its own turn, and the one that it was late for
        .expectNoEvent(Duration.ofSeconds(1))
        .expectNext(3)
        .thenCancel()
        .verify();
  }

  /** What is not let through is not asked for either. */
  @Test
  void askForTheNextItemWhenTheLastHasPassed() {
    StepVerifier.withVirtualTime(
            () -> {
              Throttle throttle = new Throttle(rate("1"));
              long[] asked = new long[1];
              return Flux.range(0, 100)
                  .doOnRequest(n -> asked[0] += n)
                  .concatMap(throttle::pass, 0)
                  .map(item -> asked[0] - item);
            })
        .expectSubscription()
        .expectNext(1L)
        .thenAwait(Duration.ofSeconds(3))
        .expectNext(1L, 1L, 1L)
        .thenCancel()
        .verify();
  }

  @Test
  void cancellingStopsTheWait() {
    StepVerifier.withVirtualTime(
            () -> {
              Throttle throttle = new Throttle(rate("1"));
              return throttle
                  .pass("a")
                  .then(throttle.pass("b"))
                  .timeout(Duration.ofMillis(500), Mono.just("gave up"));
            })
        .expectSubscription()
        .thenAwait(Duration.ofSeconds(10))
        .expectNext("gave up")
        .verifyComplete();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "20", "1000"})
  void rates(String text) {
    assertThat(rate(text).itemsPerSecond()).isEqualTo(Integer.valueOf(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1001", "-1", "", "1.5", "many", "99999999999"})
  void otherRatesAreRefusedWithTheValueAndTheLimits(String text) {
    assertThatThrownBy(() -> rate(text))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("itemsPerSecond is \"" + text + "\": it must be 1 to 1000");
  }

  private static StepVerifier.FirstStep<Integer> through(Supplier<Throttle> throttle) {
    return StepVerifier.withVirtualTime(
        () -> {
          Throttle made = throttle.get();
          return Flux.range(0, 1_000).concatMap(made::pass, 0);
        });
  }

  private static Throttle.Rate rate(String text) {
    return Throttle.Rate.parse(text);
  }
}

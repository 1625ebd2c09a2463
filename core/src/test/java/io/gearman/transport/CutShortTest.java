// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.subscriber.TestSubscriber;
import reactor.test.util.RaceTestUtils;

/** A test that does not end has found a failure that was lost. */
class CutShortTest {

  private static final int RACES = 1_000;

  private final Throwable why = new IllegalStateException("no longer wanted");
  private final Sinks.One<Throwable> reason = Sinks.one();
  private final TestPublisher<String> source = TestPublisher.create();
  private final Flux<String> cutShort = CutShort.by(reason.asMono(), source.flux());

  private static <T> TestSubscriber<T> subscribe(Flux<T> flux, long demand) {
    TestSubscriber<T> subscriber = TestSubscriber.builder().initialRequest(demand).build();
    flux.subscribe(subscriber);
    return subscriber;
  }

  @Test
  void whatTheSourceSignalsPassesThrough() {
    TestSubscriber<String> subscriber = subscribe(cutShort, Long.MAX_VALUE);
    source.emit("one", "two");
    assertThat(subscriber.getReceivedOnNext()).containsExactly("one", "two");
    assertThat(subscriber.isTerminatedComplete()).isTrue();
  }

  @Test
  void aFailureOfTheSourcePassesThrough() {
    TestSubscriber<String> subscriber = subscribe(cutShort, Long.MAX_VALUE);
    Throwable failure = new IllegalStateException("its own");
    source.error(failure);
    assertThat(subscriber.expectTerminalError()).isSameAs(failure);
  }

  @Test
  void theReasonCancelsTheSourceAndIsSignalled() {
    TestSubscriber<String> subscriber = subscribe(cutShort, Long.MAX_VALUE);
    source.next("one");
    reason.tryEmitValue(why);
    assertThat(subscriber.getReceivedOnNext()).containsExactly("one");
    assertThat(subscriber.expectTerminalError()).isSameAs(why);
    source.assertCancelled();
  }

  @Test
  void theReasonDoesNotWaitForDemand() {
    TestSubscriber<String> subscriber = subscribe(cutShort, 0);
    reason.tryEmitValue(why);
    assertThat(subscriber.expectTerminalError()).isSameAs(why);
  }

  @Test
  void aReasonThatWasThereBeforeIsSignalled() {
    reason.tryEmitValue(why);
    StepVerifier.create(cutShort).verifyErrorMatches(why::equals);
  }

  /** One that overtakes the subscription is lost to operators that make something of failures. */
  @Test
  void aReasonThatComesWhileSomebodySubscribesIsSignalled() {
    Flux<String> job =
        cutShort
            .doOnSubscribe(subscription -> reason.tryEmitValue(why))
            .onErrorResume(failure -> Mono.just("resumed"));
    StepVerifier.create(Flux.just(job).flatMap(it -> it)).expectNext("resumed").verifyComplete();
  }

  @Test
  void aReasonThatComesWhileTheSourceIsSubscribedToIsSignalled() {
    Flux<String> slow = source.flux().doOnSubscribe(it -> reason.tryEmitValue(why));
    StepVerifier.create(CutShort.by(reason.asMono(), slow)).verifyErrorMatches(why::equals);
    source.assertCancelled();
  }

  @Test
  void thereMayBeNoReason() {
    TestSubscriber<String> subscriber = subscribe(cutShort, Long.MAX_VALUE);
    reason.tryEmitEmpty();
    source.emit("one");
    assertThat(subscriber.getReceivedOnNext()).containsExactly("one");
    assertThat(subscriber.isTerminatedComplete()).isTrue();
  }

  @Test
  void theEndOfTheSourceCancelsTheReason() {
    subscribe(cutShort, 0);
    source.complete();
    assertThat(reason.currentSubscriberCount()).isZero();
  }

  @Test
  void aFailureOfTheSourceCancelsTheReason() {
    subscribe(cutShort, 0);
    source.error(why);
    assertThat(reason.currentSubscriberCount()).isZero();
  }

  @Test
  void aSourceThatEndsAtOnceNeedsNoReason() {
    subscribe(CutShort.by(reason.asMono(), Flux.empty()), 0);
    assertThat(reason.currentSubscriberCount()).isZero();
  }

  @Test
  void cancellingCancelsBoth() {
    TestSubscriber<String> subscriber = subscribe(cutShort, 1);
    subscriber.cancel();
    source.assertCancelled();
    assertThat(reason.currentSubscriberCount()).isZero();
  }

  @Test
  void demandPassesThroughAsItIs() {
    List<Long> asked = new ArrayList<>();
    Flux<String> counted = source.flux().doOnRequest(asked::add);
    TestSubscriber<String> subscriber = subscribe(CutShort.by(reason.asMono(), counted), 2);
    subscriber.request(3);
    source.next("one");
    subscriber.request(1);
    assertThat(asked).containsExactly(2L, 3L, 1L);
  }

  @Test
  void aFailureOfTheReasonIsAReason() {
    TestSubscriber<String> subscriber = subscribe(cutShort, 0);
    reason.tryEmitError(why);
    assertThat(subscriber.expectTerminalError()).isSameAs(why);
    source.assertCancelled();
  }

  @Test
  void theSourceIsCancelledIfTheSubscriberLeavesAsTheReasonComes() {
    for (int i = 0; i < RACES; i++) {
      CutShortTest race = new CutShortTest();
      TestSubscriber<String> subscriber = subscribe(race.cutShort, 1);
      RaceTestUtils.race(() -> race.reason.tryEmitValue(why), subscriber::cancel);
      race.source.assertCancelled();
    }
  }

  @Test
  void oneFailureIsSignalledIfTheSourceFailsAsTheReasonComes() {
    Throwable failure = new IllegalStateException("its own");
    for (int i = 0; i < RACES; i++) {
      CutShortTest race = new CutShortTest();
      TestSubscriber<String> subscriber = subscribe(race.cutShort, 1);
      RaceTestUtils.race(() -> race.reason.tryEmitValue(why), () -> race.source.error(failure));
      assertThat(subscriber.expectTerminalError()).isIn(why, failure);
      assertThat(race.reason.currentSubscriberCount()).isZero();
    }
  }

  @Test
  void eachSubscriptionHasATimeLimitOfItsOwn() {
    StepVerifier.withVirtualTime(
            () -> {
              Flux<String> limited =
                  CutShort.by(Mono.delay(Duration.ofSeconds(1)).map(over -> why), Flux.never());
              return limited.retry(2);
            })
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(2_999))
        .thenAwait(Duration.ofMillis(1))
        .verifyErrorMatches(why::equals);
  }
}

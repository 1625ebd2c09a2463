// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** When a watch asks, and when it ends. */
class WatchTest {

  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final JobStatus GONE = new JobStatus(false, false, 0, 0);

  private final List<Mono<JobStatus>> answers = new ArrayList<>();
  private int asked;

  private static JobStatus at(long done) {
    return new JobStatus(true, true, done, 10);
  }

  private static Mono<JobStatus> lost(Phase phase) {
    return Mono.error(new ConnectionException("here:4730", phase, "lost", null));
  }

  private Flux<JobStatus> watch(List<Mono<JobStatus>> script) {
    answers.addAll(script);
    return Watch.of(Mono.defer(() -> answers.get(asked++)), PERIOD);
  }

  @Test
  void itAsksAtOnceAndInEachPeriodUntilTheJobIsGone() {
    StepVerifier.withVirtualTime(
            () -> watch(List.of(Mono.just(at(1)), Mono.just(at(1)), Mono.just(GONE))))
        .expectSubscription()
        .expectNext(at(1))
        .expectNoEvent(PERIOD)
        .expectNext(at(1))
        .expectNoEvent(PERIOD)
        .expectNext(GONE)
        .verifyComplete();
  }

  @Test
  void aJobThatIsNotKnownIsSaidToBeGoneOnce() {
    StepVerifier.withVirtualTime(() -> watch(List.of(Mono.just(GONE))))
        .expectNext(GONE)
        .verifyComplete();
  }

  @Test
  void nothingIsAskedWithoutDemandAndThenTheLatestIsGiven() {
    StepVerifier.withVirtualTime(
            () -> watch(List.of(Mono.just(at(1)), Mono.just(at(2)), Mono.just(GONE))), 0)
        .expectSubscription()
        .thenAwait(PERIOD.multipliedBy(3))
        .then(() -> assertThat(asked).isZero())
        .thenRequest(1)
        .expectNext(at(1))
        .thenAwait(PERIOD.multipliedBy(3))
        .then(() -> assertThat(asked).isEqualTo(1))
        .thenRequest(1)
        .expectNext(at(2))
        .thenRequest(1)
        .thenAwait(PERIOD)
        .expectNext(GONE)
        .verifyComplete();
  }

  @Test
  void nothingIsAskedWhileAQuestionIsOpen() {
    Sinks.One<JobStatus> first = Sinks.one();
    StepVerifier.withVirtualTime(() -> watch(List.of(first.asMono(), Mono.just(GONE))))
        .expectSubscription()
        .expectNoEvent(PERIOD.multipliedBy(3))
        .then(() -> assertThat(asked).isEqualTo(1))
        .then(() -> first.tryEmitValue(at(1)))
        .expectNext(at(1), GONE)
        .verifyComplete();
  }

  @Test
  void cancellingEndsTheQuestions() {
    Sinks.One<JobStatus> open = Sinks.one();
    StepVerifier.withVirtualTime(() -> watch(List.of(Mono.just(at(1)), open.asMono())))
        .expectNext(at(1))
        .thenAwait(PERIOD)
        .thenCancel()
        .verify();
    assertThat(open.currentSubscriberCount()).isZero();
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void aQuestionThatWasLostIsAskedAgainTwice() {
    StepVerifier.withVirtualTime(
            () -> watch(List.of(lost(Phase.UNANSWERED), lost(Phase.UNANSWERED), Mono.just(GONE))))
        .expectNext(GONE)
        .verifyComplete();
  }

  @Test
  void eachQuestionMayBeLost() {
    StepVerifier.withVirtualTime(
            () ->
                watch(
                    List.of(
                        lost(Phase.UNANSWERED),
                        lost(Phase.UNANSWERED),
                        Mono.just(at(1)),
                        lost(Phase.UNANSWERED),
                        lost(Phase.UNANSWERED),
                        Mono.just(GONE))))
        .expectNext(at(1))
        .thenAwait(PERIOD)
        .expectNext(GONE)
        .verifyComplete();
  }

  @Test
  void aQuestionThatIsLostForTheThirdTimeFails() {
    StepVerifier.withVirtualTime(
            () ->
                watch(
                    List.of(
                        lost(Phase.UNANSWERED), lost(Phase.UNANSWERED), lost(Phase.UNANSWERED))))
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ConnectionException.class,
                        lost -> assertThat(lost.phase()).isEqualTo(Phase.UNANSWERED)));
  }

  @Test
  void aServerThatDoesNotComeBackFailsIt() {
    StepVerifier.withVirtualTime(() -> watch(List.of(lost(Phase.CONNECT))))
        .verifyError(ConnectionException.class);
    assertThat(asked).isEqualTo(1);
  }
}

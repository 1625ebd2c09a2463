// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.ScriptedConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class CurrentSessionTest {

  private final List<Sinks.One<ClientSession>> attempts = new ArrayList<>();
  private final CurrentSession current =
      new CurrentSession(
          Mono.defer(
              () -> {
                Sinks.One<ClientSession> attempt = Sinks.one();
                attempts.add(attempt);
                return attempt.asMono();
              }));

  private final ScriptedConnection connection = new ScriptedConnection();

  private ClientSession open() {
    return connection.open(opened -> ClientSession.shared(opened, 0, 1));
  }

  private TestSubscriber<ClientSession> want() {
    return SessionFixture.subscribe(current.get().flux(), 1);
  }

  @Test
  void nothingIsOpenedBeforeItIsWanted() {
    current.get();
    assertThat(attempts).isEmpty();
  }

  @Test
  void allWaitForTheSameSession() {
    TestSubscriber<ClientSession> one = want();
    TestSubscriber<ClientSession> other = want();
    ClientSession session = open();
    attempts.get(0).tryEmitValue(session);
    assertThat(attempts).hasSize(1);
    assertThat(one.getReceivedOnNext()).containsExactly(session);
    assertThat(other.getReceivedOnNext()).containsExactly(session);
    assertThat(want().getReceivedOnNext()).containsExactly(session);
  }

  @Test
  void whoLeavesDoesNotKeepTheOthersFromIt() {
    want().cancel();
    TestSubscriber<ClientSession> staying = want();
    attempts.get(0).tryEmitValue(open());
    assertThat(staying.getReceivedOnNext()).hasSize(1);
  }

  @Test
  void aSessionThatCouldNotBeOpenedIsTriedAgain() {
    TestSubscriber<ClientSession> refused = want();
    attempts.get(0).tryEmitError(new IllegalStateException("refused"));
    assertThat(refused.expectTerminalError()).hasMessage("refused");
    want();
    assertThat(attempts).hasSize(2);
  }

  @Test
  void whoTriesAgainAtOnceIsAtANewAttempt() {
    StepVerifier.create(current.get().retry(1))
        .then(() -> attempts.get(0).tryEmitError(new IllegalStateException("refused")))
        .then(() -> attempts.get(1).tryEmitValue(open()))
        .expectNextCount(1)
        .verifyComplete();
  }

  @Test
  void aSessionThatWasLostIsReplaced() {
    want();
    attempts.get(0).tryEmitValue(open());
    connection.close(null);
    TestSubscriber<ClientSession> next = want();
    assertThat(attempts).hasSize(2);
    assertThat(next.getReceivedOnNext()).isEmpty();
  }

  @Test
  void disposingClosesTheSession() {
    want();
    attempts.get(0).tryEmitValue(open());
    current.dispose();
    assertThat(connection.isDisposed()).isTrue();
  }

  @Test
  void aSessionThatIsOpenedAfterTheEndIsClosed() {
    want();
    current.dispose();
    attempts.get(0).tryEmitValue(open());
    assertThat(connection.isDisposed()).isTrue();
  }

  /** Which {@code Mono.cacheInvalidateWhen} of reactor-core 3.8.7 does not bear. */
  @Test
  void subscribersThatComeAndGoAtTheSameTimeDoNotDisturbEachOther() {
    ClientSession session = open();
    for (int i = 0; i < 2_000; i++) {
      CurrentSession racing =
          new CurrentSession(Mono.fromSupplier(() -> session).subscribeOn(Schedulers.parallel()));
      Mono<ClientSession> wanted = racing.get();
      Mono<Void> leaving =
          Mono.fromRunnable(() -> wanted.subscribe().dispose())
              .subscribeOn(Schedulers.parallel())
              .then();
      StepVerifier.create(Mono.when(leaving, leaving, leaving).then(wanted))
          .expectNext(session)
          .verifyComplete();
    }
  }
}

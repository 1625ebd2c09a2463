// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static io.gearman.transport.ConnectionState.Status.CLOSED;
import static io.gearman.transport.ConnectionState.Status.CONNECTING;
import static io.gearman.transport.ConnectionState.Status.DOWN;
import static io.gearman.transport.ConnectionState.Status.IDLE;
import static io.gearman.transport.ConnectionState.Status.READY;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.transport.ConnectionState.Status;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** Servers that the test plays, and a clock that it moves. */
class ServerLinksTest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PREFERENCE = Duration.ofSeconds(1);
  private static final int MAX_WAITING = 3;
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30));

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final Map<String, List<Sinks.One<Kept>>> attempts = new TreeMap<>();
  private ServerLinks<Kept> links;

  @BeforeEach
  void stopTime() {
    VirtualTimeScheduler.set(time);
    links =
        new ServerLinks<>(
            ServerAddress.parseList("a,b"),
            BACKOFF,
            PREFERENCE,
            server -> Mono.defer(() -> attempt(server)),
            MAX_WAITING,
            ImmediateEventExecutor.INSTANCE);
  }

  @AfterEach
  void resetTime() {
    links.dispose();
    VirtualTimeScheduler.reset();
  }

  private Mono<Kept> attempt(ServerAddress server) {
    Sinks.One<Kept> attempt = Sinks.one();
    attempts(server.host()).add(attempt);
    return attempt.asMono();
  }

  private List<Sinks.One<Kept>> attempts(String host) {
    return attempts.computeIfAbsent(host, unknown -> new ArrayList<>());
  }

  private Sinks.One<Kept> last(String host) {
    List<Sinks.One<Kept>> made = attempts(host);
    return made.get(made.size() - 1);
  }

  private Kept accept(String host) {
    Kept session = new Kept();
    last(host).tryEmitValue(session);
    return session;
  }

  private void refuse(String host) {
    last(host).tryEmitError(new IllegalStateException("refused by " + host));
  }

  private TestSubscriber<Kept> want() {
    TestSubscriber<Kept> subscriber = TestSubscriber.create();
    links.ready(links.links(), PATIENCE).subscribe(subscriber);
    return subscriber;
  }

  private Status status(int link) {
    return links.links().get(link).state().status();
  }

  private void pass(Duration duration) {
    time.advanceTimeBy(duration);
  }

  private record Kept(Sinks.Empty<Void> closed, List<String> calls) implements ServerLink.Session {

    Kept() {
      this(Sinks.empty(), new ArrayList<>());
    }

    @Override
    public Mono<Void> onClose() {
      return closed.asMono();
    }

    void lose() {
      closed.tryEmitEmpty();
    }

    @Override
    public void dispose() {
      calls.add("disposed");
      lose();
    }

    @Override
    public boolean isDisposed() {
      return !calls.isEmpty();
    }
  }

  @Test
  void nothingIsConnectedToBeforeItIsWanted() {
    links.ready(links.links(), PATIENCE);
    assertThat(attempts).isEmpty();
    assertThat(status(0)).isEqualTo(IDLE);
  }

  @Test
  void whoeverHasGoneAlreadyTakesNoRoom() {
    for (int i = 0; i < MAX_WAITING; i++) {
      links.ready(links.links(), PATIENCE).subscribe(new Gone());
    }
    assertThat(want().isTerminated()).isFalse();
  }

  /** Cancels before anything can come. */
  private static final class Gone extends BaseSubscriber<Kept> {
    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      subscription.cancel();
    }
  }

  @Test
  void allAreConnectedToWhenOneIsWanted() {
    want();
    want();
    assertThat(attempts("a")).hasSize(1);
    assertThat(attempts("b")).hasSize(1);
    assertThat(status(0)).isEqualTo(CONNECTING);
  }

  @Test
  void theFirstInOrderIsTaken() {
    TestSubscriber<Kept> wanted = want();
    Kept b = accept("b");
    assertThat(wanted.getReceivedOnNext()).isEmpty();
    Kept a = accept("a");
    assertThat(wanted.getReceivedOnNext()).containsExactly(a);
    TestSubscriber<Kept> other = TestSubscriber.create();
    links.ready(List.of(links.links().get(1), links.links().get(0)), PATIENCE).subscribe(other);
    assertThat(other.getReceivedOnNext()).containsExactly(b);
  }

  @Test
  void oneThatIsDownIsPassedOver() {
    TestSubscriber<Kept> wanted = want();
    Kept b = accept("b");
    refuse("a");
    assertThat(wanted.getReceivedOnNext()).containsExactly(b);
    assertThat(want().getReceivedOnNext()).containsExactly(b);
  }

  @Test
  void oneThatDoesNotAnswerIsPassedOverAfterTheTimeOfItsPreference() {
    TestSubscriber<Kept> wanted = want();
    Kept b = accept("b");
    pass(PREFERENCE.minusMillis(1));
    assertThat(wanted.getReceivedOnNext()).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(wanted.getReceivedOnNext()).containsExactly(b);
    assertThat(attempts("a")).hasSize(1);
    Kept a = accept("a"); // it has answered after all
    assertThat(want().getReceivedOnNext()).containsExactly(a);
  }

  @Test
  void whoWaitsInVainHearsOfAllServers() {
    TestSubscriber<Kept> wanted = want();
    refuse("a");
    pass(PATIENCE);
    assertThat(wanted.expectTerminalError())
        .isInstanceOfSatisfying(
            ConnectionException.class,
            failure -> assertThat(failure.phase()).isEqualTo(ConnectionException.Phase.CONNECT))
        .hasMessageContainingAll("5000 ms", "a:4730", "refused by a", "b:4730", "not answered");
  }

  @Test
  void noMoreThanTheBoundMayWait() {
    for (int i = 0; i < MAX_WAITING; i++) {
      want();
    }
    assertThat(want().expectTerminalError()).hasMessageContaining("3 wait already");
  }

  @Test
  void whoLeavesMakesRoomForAnother() {
    for (int i = 0; i < 2 * MAX_WAITING; i++) {
      want().cancel();
    }
    assertThat(want().isTerminated()).isFalse();
  }

  @Test
  void pausesGrowWithEachFailure() {
    want();
    accept("b");
    List<Duration> pauses = new ArrayList<>();
    for (int failures = 1; failures <= 12; failures++) {
      refuse("a");
      int made = attempts("a").size();
      Duration pause = Duration.ZERO;
      while (attempts("a").size() == made) {
        pass(Duration.ofMillis(10));
        pause = pause.plusMillis(10);
      }
      pauses.add(pause);
      assertThat(links.links().get(0).state().failures()).isEqualTo(failures);
      assertThat(status(0)).isEqualTo(DOWN);
      assertThat(pause)
          .isBetween(BACKOFF.full(failures).dividedBy(2), BACKOFF.full(failures).plusMillis(10));
    }
    assertThat(pauses.get(11)).isGreaterThanOrEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void oneThatWasLostIsConnectedToWithinTheShortestPause() {
    want();
    Kept a = accept("a");
    pass(BACKOFF.shortest());
    a.lose();
    assertThat(status(0)).isEqualTo(CONNECTING);
    TestSubscriber<Kept> wanted = want(); // it is waited for
    pass(BACKOFF.shortest());
    assertThat(attempts("a")).hasSize(2);
    Kept next = accept("a");
    assertThat(wanted.getReceivedOnNext()).containsExactly(next);
  }

  @Test
  void oneThatIsClosedIsNotTakenBeforeItsLossIsNoted() {
    want();
    accept("b");
    Kept a = accept("a");
    a.calls().add("closed");
    TestSubscriber<Kept> wanted = want();
    assertThat(wanted.getReceivedOnNext()).isEmpty();
    pass(BACKOFF.shortest());
    a.lose();
    pass(BACKOFF.shortest());
    Kept next = accept("a");
    assertThat(wanted.getReceivedOnNext()).containsExactly(next);
  }

  @Test
  void oneThatIsLostAtOnceEachTimeIsDownAndThePausesGrow() {
    want();
    for (int failures = 1; failures < 5; failures++) {
      accept("a").lose();
      assertThat(status(0)).isEqualTo(DOWN);
      assertThat(links.links().get(0).state().failures()).isEqualTo(failures);
      pass(BACKOFF.full(failures));
    }
  }

  @Test
  void aConnectionThatHeldMakesTheNextPauseShortAgain() {
    want();
    for (int failures = 1; failures < 5; failures++) {
      refuse("a");
      pass(BACKOFF.full(failures));
    }
    Kept a = accept("a");
    pass(BACKOFF.full(5));
    a.lose();
    assertThat(links.links().get(0).state().failures()).isZero();
    pass(BACKOFF.shortest());
    assertThat(attempts("a")).hasSize(6);
  }

  @Test
  void statesAreSeenFromTheFirstToTheLast() {
    TestSubscriber<ConnectionState> seen = TestSubscriber.create();
    links.links().get(0).states().subscribe(seen);
    want();
    refuse("a");
    pass(BACKOFF.shortest());
    Kept a = accept("a");
    links.dispose();
    assertThat(seen.getReceivedOnNext())
        .extracting(ConnectionState::status)
        .containsExactly(IDLE, CONNECTING, DOWN, READY, CLOSED);
    assertThat(seen.getReceivedOnNext().get(2))
        .satisfies(
            down -> {
              assertThat(down.cause()).hasMessage("refused by a");
              assertThat(down.failures()).isOne();
              assertThat(down.server()).hasToString("a:4730");
            });
    assertThat(seen.isTerminatedComplete()).isTrue();
    assertThat(a.isDisposed()).isTrue();
  }

  @Test
  void aSlowObserverGetsTheLatestState() {
    TestSubscriber<ConnectionState> seen = TestSubscriber.builder().initialRequest(1).build();
    links.links().get(0).states().subscribe(seen);
    want();
    refuse("a");
    pass(BACKOFF.shortest());
    accept("a");
    seen.request(1);
    assertThat(seen.getReceivedOnNext())
        .extracting(ConnectionState::status)
        .containsExactly(IDLE, READY);
  }

  @Test
  void statesAreThoseOfAllServers() {
    TestSubscriber<ConnectionState> seen = TestSubscriber.create();
    links.states().subscribe(seen);
    links.open();
    assertThat(seen.getReceivedOnNext())
        .extracting(state -> state.server().host() + ' ' + state.status())
        .containsExactlyInAnyOrder("a IDLE", "b IDLE", "a CONNECTING", "b CONNECTING");
  }

  @Test
  void disposingTellsThoseWhoWaitAndStopsTheAttempts() {
    TestSubscriber<Kept> wanted = want();
    refuse("a");
    links.dispose();
    assertThat(wanted.expectTerminalError()).isInstanceOf(ConnectionException.class);
    assertThat(want().expectTerminalError()).isInstanceOf(ConnectionException.class);
    pass(Duration.ofMinutes(1));
    assertThat(attempts("a")).hasSize(1);
  }

  @Test
  void aSessionThatComesAfterTheEndIsClosed() {
    want();
    links.dispose();
    assertThat(accept("a").isDisposed()).isTrue();
  }
}

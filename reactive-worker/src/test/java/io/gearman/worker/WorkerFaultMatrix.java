// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.client.GearmanClient;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.DroppedErrors;
import io.gearman.testkit.Fault;
import io.gearman.testkit.StruckServer;
import io.gearman.transport.Backoff;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ConnectionState;
import io.gearman.transport.ConnectionState.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/**
 * What a worker makes of each fault at each moment of a job, before a server of either kind. The
 * client of the job has a connection of its own, which nothing befalls but the death of the server.
 * What the worker has promised is scaled down: a silence may last 1.5 s instead of 30 s.
 */
abstract class WorkerFaultMatrix {

  /** What has happened when the fault strikes. */
  @SuppressWarnings("ImmutableEnumChecker") // the sets are
  enum Moment {
    /** The worker introduces itself on a new connection, before there is a job. */
    WHILE_CONNECTING(Set.of(PacketType.OPTION_REQ), 1),
    /** The worker waits for a job. */
    WHILE_IDLE(Set.of(), 0),
    BEFORE_JOB_ASSIGN(
        Set.of(PacketType.JOB_ASSIGN, PacketType.JOB_ASSIGN_UNIQ, PacketType.JOB_ASSIGN_ALL), 1),
    MID_STREAM(Set.of(PacketType.WORK_DATA), 2),
    BEFORE_THE_END(Set.of(PacketType.WORK_COMPLETE), 1);

    private final Set<PacketType> packets; // of which one is about to pass
    private final int nth;

    Moment(Set<PacketType> packets, int nth) {
      this.packets = packets;
      this.nth = nth;
    }
  }

  /** What becomes of the job. */
  enum Outcome {
    /** It is run once, and its client has the result. */
    ONCE,
    /** It is run again on the next connection, and its client has the result. */
    TWICE,
    /** It has gone with its server, before it was run. */
    GONE,
    /** It has gone with its server while it was run. */
    GONE_RUNNING,
    /** There is no server to submit it to. */
    NONE
  }

  /** One line for each fault, and in it one outcome for each moment. */
  private static final String TABLE =
      """
      RESET             ONCE  ONCE  ONCE  TWICE         TWICE
      CLOSE             ONCE  ONCE  ONCE  TWICE         TWICE
      BLACK_HOLE        ONCE  ONCE  ONCE  TWICE         TWICE
      HALF_PACKET       ONCE  ONCE  ONCE  TWICE         TWICE
      STALL             ONCE  ONCE  ONCE  ONCE          ONCE
      SERVER_KILLED     NONE  NONE  GONE  GONE_RUNNING  GONE_RUNNING
      SERVER_RESTARTED  ONCE  ONCE  GONE  GONE_RUNNING  GONE_RUNNING
      DNS_CHANGED       ONCE  ONCE  ONCE  TWICE         TWICE
      """;

  private static final Duration HEARTBEAT = Duration.ofMillis(500);

  /** Half of the silence that is borne. */
  static final Duration STALL = HEARTBEAT.multipliedBy(3).dividedBy(2);

  /** For the machine, which is busy. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration START = Duration.ofSeconds(15); // of another server
  private static final String RESULT = "abc";
  private static final AtomicInteger FUNCTIONS = new AtomicInteger();

  private final String function = "w" + FUNCTIONS.incrementAndGet();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final Sinks.Empty<Void> end = Sinks.empty(); // of the worker, which should have none
  private GearmanWorker worker;

  abstract StruckServer server();

  @BeforeEach
  void build() {
    worker =
        GearmanWorker.builder(server().address())
            .clientId("struck")
            .function(function, JobFunction.ofFlux(job -> parts()))
            .connection(
                ConnectionSettings.defaults()
                    .withConnectTimeout(CONNECT_TIMEOUT)
                    .withHeartbeat(HEARTBEAT)
                    .withBackoff(new Backoff(Duration.ofMillis(10), Duration.ofMillis(50)))
                    .withTcp(server()::named))
            .build();
  }

  private Flux<byte[]> parts() {
    return Flux.just("a", "b", "c")
        .delayElements(Duration.ofMillis(2))
        .map(part -> part.getBytes(US_ASCII))
        .doOnSubscribe(subscribed -> begun.incrementAndGet())
        .doFinally(signal -> ended.incrementAndGet());
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    assertThat(server().isLeft(SLACK)).as("all connections are closed").isTrue();
    assertThat(ended).as("runs that have ended").hasValue(begun.get());
    assertThat(DroppedErrors.take()).isEmpty();
  }

  static Stream<Arguments> cells() {
    return TABLE.lines().map(line -> line.split(" +")).flatMap(WorkerFaultMatrix::cells);
  }

  private static Stream<Arguments> cells(String[] line) {
    Moment[] moments = Moment.values();
    return IntStream.range(0, moments.length)
        .mapToObj(
            i -> Arguments.of(Fault.valueOf(line[0]), moments[i], Outcome.valueOf(line[1 + i])));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource("cells")
  void aJobIsRunToItsEndAndTheWorkerGoesOn(Fault fault, Moment moment, Outcome outcome)
      throws InterruptedException {
    if (moment != Moment.WHILE_IDLE) {
      server().strikeAt(moment.packets, moment.nth, fault);
    }
    Disposable work = worker.run().subscribe(none -> {}, end::tryEmitError, end::tryEmitEmpty);
    if (moment == Moment.WHILE_CONNECTING) {
      server().awaitStrike(SLACK);
    } else if (moment == Moment.WHILE_IDLE) {
      strikeTheIdle(fault);
    }
    int before = begun.get();
    if (outcome != Outcome.NONE) {
      expect(outcome, bound(fault, moment));
      assertThat(begun.get() - before).as("runs").isEqualTo(runs(outcome));
    }
    server().awaitStrike(SLACK);
    if (fault != Fault.SERVER_KILLED) {
      expect(Outcome.ONCE, START);
    }
    if (fault == Fault.DNS_CHANGED) {
      assertThat(server().acceptedAtOther()).isEqualTo(1);
    }
    StepVerifier.create(end.asMono()).expectTimeout(Duration.ofMillis(1)).verify();
    work.dispose();
  }

  private void strikeTheIdle(Fault fault) throws InterruptedException {
    CompletableFuture<ConnectionState> lost =
        worker
            .states()
            .skipUntil(state -> state.status() == Status.READY)
            .filter(state -> state.status() != Status.READY)
            .next()
            .toFuture();
    expect(Outcome.ONCE, START);
    server().strikeNow(fault);
    server().awaitStrike(SLACK);
    if (fault.isHeard()) {
      assertThat(lost).succeedsWithin(SLACK.toMillis(), TimeUnit.MILLISECONDS);
    }
    lost.cancel(true);
  }

  private static int runs(Outcome outcome) {
    return switch (outcome) {
      case ONCE, GONE_RUNNING -> 1;
      case TWICE -> 2;
      case GONE, NONE -> 0;
    };
  }

  private static Duration bound(Fault fault, Moment moment) {
    Duration promised =
        switch (fault) {
          case RESET, CLOSE, DNS_CHANGED, SERVER_KILLED, SERVER_RESTARTED -> Duration.ZERO;
          case BLACK_HOLE, HALF_PACKET ->
              moment == Moment.WHILE_CONNECTING ? CONNECT_TIMEOUT : HEARTBEAT.multipliedBy(3);
          case STALL -> STALL;
        };
    return promised.plus(SLACK);
  }

  /** Runs a job for a client that nothing befalls; what came of a lost run may come first. */
  private void expect(Outcome outcome, Duration bound) {
    GearmanClient client =
        GearmanClient.builder(Objects.requireNonNull(server().directAddress())).build();
    Mono<String> result =
        client.call(function, new byte[0]).map(bytes -> new String(bytes, US_ASCII));
    if (outcome == Outcome.ONCE || outcome == Outcome.TWICE) {
      StepVerifier.create(result)
          .assertNext(all -> assertThat(all).endsWith(RESULT))
          .expectComplete()
          .verify(bound);
    } else {
      StepVerifier.create(result).expectError(ConnectionException.class).verify(bound);
    }
    client.dispose();
  }
}

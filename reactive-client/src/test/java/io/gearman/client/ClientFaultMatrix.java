// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.JobTimeoutException;
import io.gearman.JobTimeoutException.Limit;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.DroppedErrors;
import io.gearman.testkit.Fault;
import io.gearman.testkit.PlainWorker;
import io.gearman.testkit.StruckServer;
import io.gearman.transport.Backoff;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ConnectionState;
import io.gearman.transport.ConnectionState.Status;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * What a client makes of each fault at each moment of a job, before a server of either kind. What
 * it has promised is scaled down: a silence may last 1.5 s instead of 30 s.
 */
abstract class ClientFaultMatrix {

  /** What has happened when the fault strikes. */
  enum Moment {
    /** The client introduces itself on a new connection. */
    WHILE_CONNECTING(PacketType.OPTION_REQ, 1),
    /** The connection is idle, and a job is to be written to it. */
    BEFORE_THE_WRITE(null, 0),
    BEFORE_JOB_CREATED(PacketType.JOB_CREATED, 1),
    MID_STREAM(PacketType.WORK_DATA, 2),
    BEFORE_THE_END(PacketType.WORK_COMPLETE, 1);

    private final @Nullable PacketType packet; // which is about to pass
    private final int nth;

    Moment(@Nullable PacketType packet, int nth) {
      this.packet = packet;
      this.nth = nth;
    }
  }

  /** What becomes of the job: its whole result, or a ConnectionException of this phase. */
  enum Outcome {
    RESULT,
    CONNECT,
    UNANSWERED,
    ACCEPTED
  }

  /** One line for each fault, and in it one outcome for each moment. */
  private static final String TABLE =
      """
      RESET             RESULT   RESULT      UNANSWERED  ACCEPTED  ACCEPTED
      CLOSE             RESULT   RESULT      UNANSWERED  ACCEPTED  ACCEPTED
      BLACK_HOLE        RESULT   UNANSWERED  UNANSWERED  ACCEPTED  ACCEPTED
      HALF_PACKET       RESULT   UNANSWERED  UNANSWERED  ACCEPTED  ACCEPTED
      STALL             RESULT   RESULT      RESULT      RESULT    RESULT
      SERVER_KILLED     CONNECT  CONNECT     UNANSWERED  ACCEPTED  ACCEPTED
      SERVER_RESTARTED  RESULT   RESULT      UNANSWERED  ACCEPTED  ACCEPTED
      DNS_CHANGED       RESULT   RESULT      UNANSWERED  ACCEPTED  ACCEPTED
      """;

  private static final Duration HEARTBEAT = Duration.ofMillis(500);

  /** Half of the silence that is borne. */
  static final Duration STALL = HEARTBEAT.multipliedBy(3).dividedBy(2);

  /** For the machine, which is busy. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration ACCEPT_LIMIT = Duration.ofSeconds(2);

  /** Less than a stall. */
  private static final Duration SHORT_LIMIT = STALL.dividedBy(2);

  private static final Duration LONG_CONNECT_LIMIT = Duration.ofSeconds(15);
  private static final List<String> PARTS = List.of("a", "b", "c", "end");
  private static final AtomicInteger FUNCTIONS = new AtomicInteger();

  private final String function = "f" + FUNCTIONS.incrementAndGet();
  private final PlainWorker worker =
      new PlainWorker(() -> server().directAddress(), function, PARTS);
  private @Nullable GearmanClient client;

  abstract StruckServer server();

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    worker.close();
    if (client != null) {
      client.dispose();
      assertThat(server().isLeft(SLACK)).as("all connections are closed").isTrue();
    }
    assertThat(DroppedErrors.take()).isEmpty();
  }

  static Stream<Arguments> cells() {
    return TABLE.lines().map(line -> line.split(" +")).flatMap(ClientFaultMatrix::cells);
  }

  private static Stream<Arguments> cells(String[] line) {
    Moment[] moments = Moment.values();
    return IntStream.range(0, moments.length)
        .mapToObj(
            i -> Arguments.of(Fault.valueOf(line[0]), moments[i], Outcome.valueOf(line[1 + i])));
  }

  static Stream<Arguments> uncertainCells() {
    return cells().filter(cell -> cell.get()[2] == Outcome.UNANSWERED);
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource("cells")
  void aJobHasItsResultOrFailsInTimeAndTheClientGoesOn(
      Fault fault, Moment moment, Outcome outcome) {
    GearmanClient struck = client(fault);
    JobRequest job = JobRequest.of(function, new byte[0]);
    prepare(struck, fault, moment);
    expect(result(struck, job), outcome, bound(fault, moment));
    Outcome next = fault == Fault.SERVER_KILLED ? Outcome.CONNECT : Outcome.RESULT;
    expect(result(struck, job), next, connectLimit(fault).plus(SLACK));
    if (fault == Fault.DNS_CHANGED) {
      assertThat(server().acceptedAtOther()).isEqualTo(1);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("uncertainCells")
  void aJobThatMayBeSentAgainHasItsEndWhereItsFateIsUnknown(Fault fault, Moment moment) {
    GearmanClient struck = client(fault);
    JobRequest job = JobRequest.of(function, new byte[0]).withAttempts(3);
    prepare(struck, fault, moment);
    Mono<String> end = result(struck, job).map(text -> text.substring(text.length() - 3));
    // That nobody was there to be sent it again says nothing of the first time.
    Outcome outcome = fault == Fault.SERVER_KILLED ? Outcome.UNANSWERED : Outcome.RESULT;
    Duration bound =
        bound(fault, moment).plus(connectLimit(fault)).plus(ACCEPT_LIMIT.multipliedBy(2));
    if (outcome == Outcome.RESULT) {
      StepVerifier.create(end).expectNext("end").expectComplete().verify(bound);
    } else {
      expect(end, outcome, bound);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BLACK_HOLE,  BEFORE_THE_WRITE,   ACCEPT",
    "BLACK_HOLE,  BEFORE_JOB_CREATED, ACCEPT",
    "BLACK_HOLE,  MID_STREAM,         IDLE",
    "BLACK_HOLE,  BEFORE_THE_END,     IDLE",
    "BLACK_HOLE,  BEFORE_THE_END,     TOTAL",
    "HALF_PACKET, BEFORE_JOB_CREATED, ACCEPT",
    "HALF_PACKET, MID_STREAM,         IDLE",
    "STALL,       MID_STREAM,         TOTAL",
  })
  void aJobIsEndedByItsLimitsWhereNoHeartbeatNoticesTheLoss(
      Fault fault, Moment moment, Limit limit) {
    GearmanClient struck = client(fault, Duration.ZERO);
    JobRequest job = JobRequest.of(function, new byte[0]);
    prepare(struck, fault, moment);
    Mono<String> result =
        result(
            struck,
            switch (limit) {
              case ACCEPT -> job;
              case IDLE -> job.withIdleLimit(SHORT_LIMIT);
              case TOTAL -> job.withTotalLimit(SHORT_LIMIT);
            });
    StepVerifier.create(result)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        JobTimeoutException.class,
                        late -> assertThat(late.limit()).isEqualTo(limit)))
        .verify((limit == Limit.ACCEPT ? ACCEPT_LIMIT : SHORT_LIMIT).plus(SLACK));
  }

  private GearmanClient client(Fault fault) {
    return client(fault, HEARTBEAT);
  }

  private GearmanClient client(Fault fault, Duration heartbeat) {
    GearmanClient made =
        GearmanClient.builder(server().address())
            .clientId("struck")
            .connectLimit(connectLimit(fault))
            .acceptLimit(ACCEPT_LIMIT)
            .connection(
                ConnectionSettings.defaults()
                    .withConnectTimeout(CONNECT_TIMEOUT)
                    .withHeartbeat(heartbeat)
                    .withBackoff(new Backoff(Duration.ofMillis(10), Duration.ofMillis(50)))
                    .withTcp(server()::named))
            .build();
    client = made;
    return made;
  }

  /** Long where another server is to be waited for. */
  private static Duration connectLimit(Fault fault) {
    return fault == Fault.SERVER_KILLED ? Duration.ofSeconds(2) : LONG_CONNECT_LIMIT;
  }

  private static Duration bound(Fault fault, Moment moment) {
    Duration promised =
        switch (fault) {
          case RESET, CLOSE, DNS_CHANGED -> Duration.ZERO;
          case BLACK_HOLE, HALF_PACKET ->
              moment == Moment.WHILE_CONNECTING ? CONNECT_TIMEOUT : HEARTBEAT.multipliedBy(3);
          case STALL -> STALL;
          case SERVER_KILLED, SERVER_RESTARTED -> connectLimit(fault);
        };
    return promised.plus(SLACK);
  }

  private void prepare(GearmanClient struck, Fault fault, Moment moment) {
    if (moment.packet != null) {
      server().strikeAt(Set.of(moment.packet), moment.nth, fault);
      return;
    }
    CompletableFuture<ConnectionState> lost =
        struck
            .states()
            .skipUntil(state -> state.status() == Status.READY)
            .filter(state -> state.status() != Status.READY)
            .next()
            .toFuture();
    expect(
        result(struck, JobRequest.of(function, new byte[0])), Outcome.RESULT, LONG_CONNECT_LIMIT);
    server().strikeNow(fault);
    if (fault.isHeard()) {
      assertThat(lost).succeedsWithin(SLACK.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static Mono<String> result(GearmanClient client, JobRequest job) {
    return JoinedResult.of(client.run(job), bytes -> new String(bytes, US_ASCII));
  }

  private static void expect(Mono<String> result, Outcome outcome, Duration bound) {
    if (outcome == Outcome.RESULT) {
      StepVerifier.create(result).expectNext(String.join("", PARTS)).expectComplete().verify(bound);
    } else {
      ConnectionException.Phase phase = ConnectionException.Phase.valueOf(outcome.name());
      StepVerifier.create(result)
          .expectErrorSatisfies(
              error ->
                  assertThat(error)
                      .isInstanceOfSatisfying(
                          ConnectionException.class,
                          lost -> assertThat(lost.phase()).isEqualTo(phase)))
          .verify(bound);
    }
  }
}

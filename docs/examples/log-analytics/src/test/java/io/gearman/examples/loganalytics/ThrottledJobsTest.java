// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static io.gearman.examples.loganalytics.AnalysisContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.client.JobRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** In virtual time. */
class ThrottledJobsTest {

  private static final Duration STALL = Duration.ofSeconds(5);
  private static final Throttle.Rate ONE_PER_SECOND = Throttle.Rate.parse("1");
  private static final byte[] FIVE_LINES = bytes(AnalysisContract.LINE.repeat(5));
  private static final int CHUNKS = 4;

  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();

  @Test
  void statesComeAtTheRateAndNoneIsSkipped() {
    StepVerifier.withVirtualTime(
            () ->
                jobs(ONE_PER_SECOND, this::counting, ThrottledJobsTest::unknown).states(blocks(1)))
        .expectSubscription()
        .expectNextMatches(state -> state.counts() == null) // accepted
        .expectNextMatches(state -> lines(state) == 1)
        .expectNextCount(1) // the progress
        .expectNoEvent(Duration.ofSeconds(1))
        .expectNextMatches(state -> lines(state) == 2)
        .expectNextCount(1)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextMatches(state -> lines(state) == 3)
        .expectNextCount(1)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextMatches(state -> lines(state) == 4)
        .thenConsumeWhile(state -> !state.completed())
        .expectNextMatches(state -> lines(state) == 5)
        .verifyComplete();
  }

  /** Demand is what reaches the worker. */
  @Test
  void jobIsAskedForOneEventMoreThanWasRead() {
    StepVerifier.withVirtualTime(
            () ->
                jobs(ONE_PER_SECOND, this::counting, ThrottledJobsTest::unknown).states(blocks(1)))
        .expectSubscription()
        .expectNextCount(3)
        .then(() -> assertThat(asked.get() - sent.get()).isZero())
        .then(() -> assertThat(sent).hasValueLessThanOrEqualTo(3 + 2))
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(2)
        .then(() -> assertThat(sent).hasValueLessThanOrEqualTo(5 + 2))
        .thenCancel()
        .verify();
  }

  @Test
  void flowTellsWhatIsUnderWay() {
    JobStatus thirdOfFive = new JobStatus(true, true, 3, 5);
    StepVerifier.withVirtualTime(
            () -> {
              ThrottledJobs jobs =
                  jobs(ONE_PER_SECOND, this::counting, handle -> Mono.just(thirdOfFive));
              return jobs.flow().mergeWith(jobs.states(blocks(2)).then(Mono.empty()));
            })
        .thenAwait(Duration.ofMillis(250))
        .expectNext(new Flow(250, 2, 2, 6, 1, 1))
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(3)
        .expectNext(new Flow(1250, 2, 2, 6, 2, 1))
        .thenCancel()
        .verify();
  }

  /** On a server that cannot hold up its workers they are done long before their jobs are read. */
  @Test
  void jobThatHasEndedUnreadHasMadeAllItsChunks() {
    StepVerifier.withVirtualTime(
            () -> {
              ThrottledJobs jobs = jobs(ONE_PER_SECOND, this::counting, ThrottledJobsTest::unknown);
              return jobs.flow().mergeWith(jobs.states(blocks(2)).then(Mono.empty()));
            })
        .thenAwait(Duration.ofMillis(250))
        .expectNext(new Flow(250, 2, 0, 2 * CHUNKS, 1, 1))
        .thenAwait(Duration.ofSeconds(7))
        .thenConsumeWhile(flow -> flow.blocksInFlight() > 0)
        .expectNext(new Flow(7000, 0, 0, 2 * CHUNKS, 2 * CHUNKS, 1))
        .thenCancel()
        .verify();
  }

  @Test
  void questionThatIsNotAnsweredIsNoReasonToFail() {
    Function<JobHandle, Mono<JobStatus>> lost =
        handle ->
            Mono.error(
                new ConnectionException("a:1", ConnectionException.Phase.CONNECT, "lost", null));
    for (Function<JobHandle, Mono<JobStatus>> question :
        List.<Function<JobHandle, Mono<JobStatus>>>of(lost, handle -> Mono.never())) {
      StepVerifier.withVirtualTime(
              () -> {
                ThrottledJobs jobs = jobs(ONE_PER_SECOND, this::counting, question);
                return jobs.flow().mergeWith(jobs.states(blocks(1)).then(Mono.empty()));
              })
          .thenAwait(Duration.ofSeconds(2))
          .assertNext(flow -> assertThat(flow.produced()).isEqualTo(flow.read()))
          .thenCancel()
          .verify();
    }
  }

  /** Each job waits for as long as it takes to read the other's, and both for longer than STALL. */
  @Test
  void slowReaderIsNoStall() {
    StepVerifier.withVirtualTime(
            () -> {
              ThrottledJobs jobs = jobs(ONE_PER_SECOND, this::counting, ThrottledJobsTest::unknown);
              return jobs.flow().takeUntilOther(jobs.states(blocks(2)).then()).last();
            })
        .thenAwait(STALL.multipliedBy(3))
        .assertNext(flow -> assertThat(flow.millis()).isGreaterThan(STALL.toMillis()))
        .verifyComplete();
  }

  @Test
  void silenceIsAStallIfSomethingWasAskedFor() {
    StepVerifier.withVirtualTime(() -> flowOf(block -> Flux.never(), blocks(1)).ignoreElements())
        .expectSubscription()
        .expectNoEvent(STALL)
        .thenAwait(ThrottledJobs.TELL_EVERY)
        .verifyErrorSatisfies(
            error -> assertThat(error).hasMessageContaining("no progress for 5000 ms"));
  }

  @Test
  void silenceWithoutAJobIsNone() {
    Duration idle = STALL.multipliedBy(3);
    StepVerifier.withVirtualTime(
            () ->
                flowOf(block -> Flux.never(), Flux.defer(() -> blocks(1)).delaySubscription(idle))
                    .ignoreElements())
        .expectSubscription()
        .expectNoEvent(idle.plus(STALL))
        .thenAwait(ThrottledJobs.TELL_EVERY)
        .verifyError(AnalysisException.class);
  }

  private Flux<Flow> flowOf(Function<byte[], Flux<JobEvent>> jobs, Flux<Block> blocks) {
    ThrottledJobs throttled = jobs(ONE_PER_SECOND, jobs, ThrottledJobsTest::unknown);
    return throttled.flow().mergeWith(throttled.states(blocks).then(Mono.empty()));
  }

  /** Counts line by line, and tells how much was asked for and sent. */
  private Flux<JobEvent> counting(byte[] block) {
    return FakeClient.count(JobRequest.of(CountLines.NAME, block), 1)
        .doOnRequest(asked::addAndGet)
        .doOnNext(event -> sent.incrementAndGet());
  }

  private static Mono<JobStatus> unknown(JobHandle handle) {
    return Mono.just(new JobStatus(false, false, 0, 0));
  }

  private static ThrottledJobs jobs(
      Throttle.Rate rate,
      Function<byte[], Flux<JobEvent>> jobs,
      Function<JobHandle, Mono<JobStatus>> statuses) {
    AnalysisProperties settings =
        new AnalysisProperties(
            DataSize.ofKilobytes(1),
            8,
            DataSize.ofKilobytes(1),
            1_000,
            1,
            Duration.ofMillis(10),
            STALL,
            1,
            STALL);
    FakeClient client = new FakeClient(request -> jobs.apply(request.workload()), statuses);
    return new ThrottledJobs(client, settings, new Throttle(rate), Schedulers.parallel());
  }

  private static Flux<Block> blocks(int count) {
    return Flux.range(0, count).map(i -> new Block(i, FIVE_LINES, FIVE_LINES.length));
  }

  private static long lines(BlockState state) {
    byte[] counts = state.counts();
    return counts == null ? 0 : LogCounts.fromJson(counts).lines();
  }
}

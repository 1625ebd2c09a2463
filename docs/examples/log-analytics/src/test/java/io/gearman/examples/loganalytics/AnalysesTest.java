// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.WorkerException;
import io.gearman.client.JobRequest;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.util.unit.DataSize;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class AnalysesTest {

  private static final int BLOCK = 1024;
  private static final int IN_FLIGHT = 2;
  private static final String LINE = "a - - [17/May/2015:10:05:03 +0000] \"GET /x HTTP/1.1\" 200 5";

  /** Long enough for the reader to be told something, if there were anything to tell. */
  private static final Duration SOME_TIME = Duration.ofMillis(100);

  /** A line that fills a block. */
  private static final String BLOCK_LINE = LINE + " ".repeat(BLOCK - LINE.length() - 1) + "\n";

  private final NettyDataBufferFactory buffers =
      new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT);
  private final List<NettyDataBuffer> sent = Collections.synchronizedList(new ArrayList<>());
  private final Semaphore stuckJobs = new Semaphore(0);
  private final AtomicInteger cancelledJobs = new AtomicInteger();

  @Test
  void resultIsTheLastEventAfterAtLeastOneRound() {
    StepVerifier.create(analyse(job -> FakeClient.count(job, 1), body(10)))
        .expectNextMatches(named("progress"))
        .expectNextMatches(named("partial"))
        .thenConsumeWhile(named("progress").or(named("partial")))
        .assertNext(
            event -> {
              assertThat(event.event()).isEqualTo("result");
              assertThat(event.data())
                  .isEqualTo(
                      "{\"lines\":10,\"malformed\":0,\"bytes\":50,\"uniqueClients\":1,"
                          + "\"statuses\":{\"200\":10},\"topPaths\":[{\"path\":\"/x\",\"hits\":10}]}");
            })
        .verifyComplete();
    assertAllReleased();
  }

  @Test
  void nothingHappensBeforeSubscription() {
    AtomicInteger jobs = new AtomicInteger();
    Flux<?> analysis =
        analyse(job -> Flux.<JobEvent>never().doFirst(jobs::incrementAndGet), body(1));

    assertThat(analysis).isNotNull();
    assertThat(jobs).hasValue(0);
    assertThat(sent).isEmpty();
  }

  @Test
  void bodyIsReadAsBlocksAreDone() throws InterruptedException {
    BlockingQueue<Sinks.Empty<Void>> jobs = new LinkedBlockingQueue<>();
    Function<JobRequest, Flux<JobEvent>> waiting =
        job -> {
          Sinks.Empty<Void> go = Sinks.empty();
          jobs.add(go);
          return FakeClient.accepted(go.asMono().thenMany(FakeClient.count(job, 1)));
        };

    Disposable analysis = analyse(waiting, body(100)).subscribe();

    Sinks.Empty<Void> first = requireNonNull(jobs.poll(5, TimeUnit.SECONDS));
    assertThat(jobs.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(jobs.poll(100, TimeUnit.MILLISECONDS)).isNull();
    assertThat(sent).hasSizeLessThanOrEqualTo(IN_FLIGHT + 1);

    first.tryEmitEmpty();
    assertThat(jobs.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(jobs.poll(100, TimeUnit.MILLISECONDS)).isNull();
    assertThat(sent).hasSizeLessThanOrEqualTo(IN_FLIGHT + 2);

    analysis.dispose();
    assertAllReleased();
  }

  /** Its events are conflated, not buffered: neither the worker nor the client waits for us. */
  @Test
  void jobIsNotHeldUp() {
    List<Long> requested = Collections.synchronizedList(new ArrayList<>());

    StepVerifier.create(
            analyse(job -> FakeClient.count(job, 1).doOnRequest(requested::add), body(5)))
        .thenConsumeWhile(event -> true)
        .verifyComplete();
    assertThat(requested).hasSize(5).containsOnly(Long.MAX_VALUE);
  }

  @Test
  void cancellingCancelsTheJobsAndTheBody() {
    AtomicInteger cancelledBodies = new AtomicInteger();
    Disposable analysis =
        analyse(this::stuck, body(100).doOnCancel(cancelledBodies::incrementAndGet)).subscribe();
    assertThat(awaitStuckJobs(IN_FLIGHT)).isTrue();

    analysis.dispose();

    assertThat(cancelledJobs).hasValue(IN_FLIGHT);
    assertThat(cancelledBodies).hasValue(1);
    assertAllReleased();
  }

  @Test
  void errorBeforeAnythingWasStreamedIsTheErrorOfTheFlux() {
    RuntimeException lost =
        new ConnectionException(
            "127.0.0.1:4730", ConnectionException.Phase.CONNECT, "connection refused", null);

    Flux<JobEvent> refused = Flux.<JobEvent>error(lost).delaySubscription(SOME_TIME);

    StepVerifier.create(analyse(job -> refused, body(5)))
        .verifyErrorSatisfies(
            error -> assertProblem(error, HttpStatus.SERVICE_UNAVAILABLE, "connection refused"));
    assertAllReleased();
  }

  @Test
  void errorAfterSomethingWasStreamedIsTheLastEventAndCancelsTheRest() {
    Sinks.Empty<JobEvent> failing = Sinks.empty();
    AtomicInteger jobs = new AtomicInteger();
    Function<JobRequest, Flux<JobEvent>> oneFails =
        job ->
            jobs.incrementAndGet() == 1 ? FakeClient.accepted(failing.asMono().flux()) : stuck(job);

    StepVerifier.create(analyse(oneFails, body(100)))
        .expectNextCount(2)
        .then(() -> assertThat(awaitStuckJobs(1)).isTrue())
        .then(() -> failing.tryEmitError(new JobFailedException(FakeClient.HANDLE)))
        .thenConsumeWhile(named("error").negate())
        .assertNext(
            event -> {
              assertThat(event.event()).isEqualTo("error");
              assertThat(event.data())
                  .isEqualTo(
                      "{\"status\":502,\"title\":\"Bad Gateway\",\"detail\":"
                          + "\"A block was not counted: Job 127.0.0.1:4730//H:fake:1 failed\"}");
            })
        .verifyComplete();
    assertThat(cancelledJobs).hasValue(1);
    assertAllReleased();
  }

  @Test
  void exceptionOfTheWorkerIsTold() {
    WorkerException broken = new WorkerException(FakeClient.HANDLE, "out of luck".getBytes(UTF_8));

    StepVerifier.create(analyse(job -> Flux.error(broken), body(1)))
        .verifyErrorSatisfies(error -> assertProblem(error, HttpStatus.BAD_GATEWAY, "out of luck"));
  }

  @Test
  void answerThatIsNoCounts() {
    Function<JobRequest, Flux<JobEvent>> nonsense =
        job -> Flux.just(new JobEvent.Completed("?".getBytes(UTF_8)));

    StepVerifier.create(analyse(nonsense, body(1)))
        .verifyErrorSatisfies(error -> assertProblem(error, HttpStatus.BAD_GATEWAY, "no counts"));
  }

  @Test
  void jobThatSaysNothingIsGivenUp() {
    StepVerifier.create(analyse(this::stuck, body(1), Duration.ofSeconds(1)))
        .expectNextCount(2) // the job was accepted
        .thenConsumeWhile(named("error").negate())
        .expectNextMatches(event -> String.valueOf(event.data()).contains("504"))
        .verifyComplete();
    assertThat(cancelledJobs).hasValue(1);
  }

  @Test
  void tooManyDistinctPaths() {
    Sinks.Empty<JobEvent> go = Sinks.empty();
    Function<JobRequest, Flux<JobEvent>> waiting =
        job -> FakeClient.accepted(go.asMono().thenMany(FakeClient.count(job, 1000)));
    Flux<DataBuffer> body = Flux.range(0, 200).map(i -> buffer(LINE.replace("/x", "/" + i) + "\n"));

    StepVerifier.create(analyse(waiting, body))
        .expectNextCount(2)
        .then(go::tryEmitEmpty)
        .thenConsumeWhile(named("error").negate())
        .expectNextMatches(event -> String.valueOf(event.data()).contains("more than 100 distinct"))
        .verifyComplete();
    assertAllReleased();
  }

  @Test
  void bodyThatBreaksOffBeforeAnythingWasStreamed() {
    Mono<DataBuffer> reset = Mono.error(new IllegalStateException("reset"));

    StepVerifier.create(analyse(job -> Flux.never(), body(1).concatWith(reset)))
        .verifyErrorSatisfies(error -> assertProblem(error, HttpStatus.BAD_REQUEST, "reset"));
    assertAllReleased();
  }

  @Test
  void bodyThatBreaksOffLater() {
    Sinks.Empty<DataBuffer> rest = Sinks.empty();

    StepVerifier.create(analyse(this::stuck, body(1).concatWith(rest.asMono())))
        .expectNextCount(2)
        .then(() -> rest.tryEmitError(new IllegalStateException("reset")))
        .expectNextMatches(event -> String.valueOf(event.data()).contains("ended early: reset"))
        .verifyComplete();
    assertThat(cancelledJobs).hasValue(1);
    assertAllReleased();
  }

  /** Is accepted, then says nothing; tells when it has come so far and when it is cancelled. */
  private Flux<JobEvent> stuck(JobRequest job) {
    return FakeClient.accepted(
        Flux.<JobEvent>never()
            .doOnSubscribe(subscription -> stuckJobs.release())
            .doOnCancel(cancelledJobs::incrementAndGet));
  }

  private boolean awaitStuckJobs(int count) {
    try {
      return stuckJobs.tryAcquire(count, 5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Flux<ServerSentEvent<String>> analyse(
      Function<JobRequest, Flux<JobEvent>> jobs, Flux<DataBuffer> body) {
    return analyse(jobs, body, Duration.ofMinutes(1));
  }

  private static Flux<ServerSentEvent<String>> analyse(
      Function<JobRequest, Flux<JobEvent>> jobs, Flux<DataBuffer> body, Duration stallTimeout) {
    AnalysisProperties settings =
        new AnalysisProperties(
            DataSize.ofBytes(BLOCK),
            IN_FLIGHT,
            DataSize.ofBytes(BLOCK),
            100,
            1,
            Duration.ofMillis(10),
            stallTimeout,
            1,
            Duration.ofSeconds(1));
    return new Analyses(FakeClient.running(jobs), settings).analyse(body, -1);
  }

  private Flux<DataBuffer> body(int blocks) {
    return Flux.range(0, blocks).map(i -> buffer(BLOCK_LINE));
  }

  private DataBuffer buffer(String text) {
    NettyDataBuffer buffer = buffers.allocateBuffer(text.length());
    sent.add(buffer);
    return buffer.write(text.getBytes(UTF_8));
  }

  private void assertAllReleased() {
    assertThat(sent).isNotEmpty().allMatch(buffer -> buffer.getNativeBuffer().refCnt() == 0);
  }

  private static void assertProblem(Throwable error, HttpStatus status, String words) {
    assertThat(error).isInstanceOf(AnalysisException.class);
    AnalysisException problem = (AnalysisException) error;
    assertThat(problem.getStatusCode()).isEqualTo(status);
    assertThat(problem.getBody().getDetail()).contains(words);
  }

  private static Predicate<ServerSentEvent<String>> named(String name) {
    return event -> name.equals(event.event());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.server.JobServer;
import io.netty.channel.EventLoop;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

/** What one job asks of its worker, and what is told of it. */
class JobRunTest {

  private final JobServer.Bound server = JobServer.create().port(0).bind().block(SOON);
  private final LoopResources loops = LoopResources.create("job-run-test", 1, true);
  private final EventLoop loop = loops.onServer(true).next();
  private final TestWorker worker = new TestWorker(server.port(), "f");

  @AfterEach
  void end() {
    worker.close();
    server.disposeNow(SOON);
    loops.dispose();
  }

  /** Subscribed to, and asked, on the loop. */
  private Flux<JobEvent> events() {
    return events("");
  }

  private Flux<JobEvent> events(String unique) {
    Packet submission =
        Packet.request(
            PacketType.SUBMIT_JOB, "f".getBytes(UTF_8), unique.getBytes(UTF_8), new byte[0]);
    return JobRun.of(server, loop, "here", submission)
        .subscribeOn(Schedulers.fromExecutorService(loop));
  }

  /** All that the worker has sent has come to where it can come. */
  private void settle() {
    settle(worker);
  }

  private void settle(TestWorker worker) {
    worker.settle();
    server.snapshot().block(SOON);
    try {
      loop.submit(() -> {}).get(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static JobEvent.Data data(String text) {
    return new JobEvent.Data(text.getBytes(UTF_8));
  }

  @Test
  void theWorkerMaySendWhatIsAskedFor() {
    StepVerifier.create(events(), 1)
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .then(worker::take)
        .thenRequest(3)
        .then(() -> worker.data("one"))
        .expectNext(data("one"))
        .then(() -> assertThat(worker.awaitDemand()).isEqualTo(2))
        .thenRequest(7)
        .then(() -> worker.data("two"))
        .then(() -> worker.data("three"))
        .expectNext(data("two"), data("three"))
        .then(() -> assertThat(worker.awaitDemand()).isEqualTo(7))
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void underAUniqueIdNothingIsThereWithoutDemand() {
    StepVerifier.create(events("u"), 4)
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .then(worker::take)
        .then(() -> worker.data("one"))
        .expectNext(data("one"))
        .then(() -> assertThat(worker.awaitDemand()).isEqualTo(2))
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void theFirstDataIsKeptThoughNobodyAskedForIt() {
    StepVerifier.create(events(), 1)
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .then(worker::take)
        .then(() -> worker.data("one"))
        .then(this::settle)
        .thenRequest(2)
        .expectNext(data("one"))
        .then(() -> worker.data("two"))
        .expectNext(data("two"))
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void firstDataThatNobodyAllowedCountsAgainstWhatIsAllowedLater() {
    StepVerifier.create(events("u"), 1)
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .then(worker::take)
        .then(() -> worker.data("one"))
        .then(this::settle)
        .thenRequest(5)
        .expectNext(data("one"))
        .then(() -> assertThat(worker.awaitDemand()).isEqualTo(5))
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void theFirstDataOfEachRunIsKeptAndCountedThoughNobodyAskedForIt() {
    try (TestWorker second = new TestWorker(server.port(), "f")) {
      StepVerifier.create(events(), 1)
          .expectNextMatches(JobEvent.Created.class::isInstance)
          .then(worker::take)
          .then(() -> worker.data("one"))
          .then(this::settle)
          .then(worker::close)
          .then(second::take)
          .then(() -> second.data("again"))
          .then(() -> settle(second))
          .thenRequest(5)
          .expectNext(data("one"), new JobEvent.Restarted(), data("again"))
          .then(() -> assertThat(second.awaitDemand()).isEqualTo(5))
          .then(() -> second.complete("all"))
          .expectNext(new JobEvent.Completed("all".getBytes(UTF_8)))
          .expectComplete()
          .verify(SOON);
    }
  }

  @Test
  void atMostAWindowIsAskedOfIt() {
    StepVerifier.create(events(), Long.MAX_VALUE)
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .then(worker::take)
        .then(() -> worker.data("one"))
        .expectNext(data("one"))
        .then(() -> assertThat(worker.awaitDemand()).isEqualTo(JobRun.WINDOW - 1))
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void ofProgressThatNobodyTakesTheLatestIsKept() {
    StepVerifier.create(events(), 1)
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .then(worker::take)
        .then(() -> worker.progress(1, 3))
        .then(() -> worker.progress(2, 3))
        .then(this::settle)
        .thenRequest(2)
        .expectNext(new JobEvent.Status(2, 3))
        .then(() -> worker.progress(3, 3))
        .expectNext(new JobEvent.Status(3, 3))
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void progressDoesNotAddToWhatMayBeSent() {
    StepVerifier.create(events(), 1)
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .then(worker::take)
        .thenRequest(2)
        .then(() -> worker.progress(1, 2))
        .expectNext(new JobEvent.Status(1, 2))
        .thenRequest(1) // 2 are asked for, and 2 allowed
        .then(() -> worker.data("one"))
        .expectNext(data("one"))
        .then(() -> worker.data("two")) // the last that may be
        .expectNext(data("two"))
        .then(this::settle) // and fails if more is allowed
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void theLastProgressComesBeforeTheEndThoughNobodyAskedForIt() {
    StepVerifier.create(events(), 1)
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .then(worker::take)
        .then(() -> worker.progress(1, 1))
        .then(() -> worker.complete("all"))
        .thenRequest(2)
        .expectNext(new JobEvent.Status(1, 1), new JobEvent.Completed("all".getBytes(UTF_8)))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void failureIsNotHeldBack() {
    StepVerifier.create(events(), 1)
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .then(worker::take)
        .then(worker::fail)
        .expectError(JobFailedException.class)
        .verify(SOON);
  }

  @Test
  void whoCancelsBeforeTheJobIsCreatedLeavesNothing() {
    events().subscribe().dispose();
    events().take(0).subscribe();

    StepVerifier.create(
            server.snapshot().filter(all -> all.connections() == 1).repeatWhenEmpty(all -> all))
        .expectNextCount(1)
        .expectComplete()
        .verify(SOON);
    assertThat(server.snapshot().block(SOON).functions().get(0).running()).isZero();
  }

  @Test
  void aServerThatHasEndedTakesNone() {
    server.disposeNow(SOON);

    StepVerifier.create(events())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(ConnectionException.class)
                    .hasMessage("The server has ended"))
        .verify(SOON);
  }

  @Test
  void eachSubscriptionIsAJob() {
    Flux<JobEvent> events = events();
    StepVerifier.create(Flux.merge(events.take(1), events.take(1)).distinct())
        .expectNextCount(2)
        .expectComplete()
        .verify(SOON);
  }
}

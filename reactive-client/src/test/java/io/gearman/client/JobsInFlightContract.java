// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.testkit.RunningServer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** As many jobs on one connection as a client allows by default, in a heap of 256 MiB. */
interface JobsInFlightContract {

  int JOBS = 100_000;
  int THREADS = 8;

  RunningServer server();

  @Test
  default void asManyJobsAsAreAllowedFromManyThreadsAreAcceptedOnOneConnection() throws Exception {
    GearmanClient client =
        GearmanClient.builder(server().address())
            .maxJobs(JOBS)
            .connectLimit(Duration.ofSeconds(30))
            .build();
    CountDownLatch created = new CountDownLatch(JOBS);
    Disposable.Composite running = Disposables.composite();
    Flux.range(0, THREADS)
        .flatMap(
            thread ->
                Flux.range(0, JOBS / THREADS)
                    .doOnNext(
                        job ->
                            running.add(
                                client
                                    .run(JobRequest.of("nobody's", new byte[0]))
                                    .subscribe(
                                        event -> {
                                          if (event instanceof JobEvent.Created) {
                                            created.countDown();
                                          }
                                        },
                                        lost -> {})))
                    .subscribeOn(Schedulers.parallel()),
            THREADS)
        .blockLast();
    assertThat(created.await(60, TimeUnit.SECONDS)).isTrue();
    StepVerifier.create(client.run(JobRequest.of("nobody's", new byte[0])))
        .expectError(TooManyJobsException.class)
        .verify(Duration.ofSeconds(10));
    client.dispose();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.docs.Jobs.Order;
import io.gearman.testkit.RunningServer;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** The guide to jobs shows what works. */
class JobsGuideTest {

  private static final Duration BOUND = Duration.ofSeconds(20);

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  private final Disposable.Composite opened = Disposables.composite();
  private GearmanClient client;

  @BeforeEach
  void connect() {
    client = GearmanClient.builder(server.address()).build();
    opened.add(client);
  }

  @AfterEach
  void close() {
    opened.dispose();
  }

  private void work(String name, JobFunction function) {
    opened.add(
        GearmanWorker.builder(server.address()).function(name, function).build().run().subscribe());
  }

  @Test
  void whatItShowsIsCompiledHere() {
    Programs.snippetsOf("docs/jobs.md").forEach(code -> Programs.expectCompiled("Jobs", code));
  }

  @Test
  void valuesTravel() {
    work("price", Jobs.PRICE);
    assertThat(Jobs.price(client, new Order("Ada", 3)).block(BOUND)).isEqualTo("15 EUR");
  }

  @Test
  void aJobInTheBackgroundIsFollowedUntilItIsGone() {
    Sinks.One<byte[]> end = Sinks.one();
    work(
        "slow",
        job ->
            Flux.concat(
                Mono.just(new JobEvent.Status(3, 10)), end.asMono().map(JobEvent.Completed::new)));
    JobHandle handle = client.enqueue(JobRequest.of("slow", new byte[0])).block(BOUND);
    StepVerifier.create(
            Jobs.progress(client, handle).distinctUntilChanged().skipWhile("0 of 0"::equals))
        .expectNext("3 of 10")
        .then(() -> end.tryEmitValue(new byte[0]))
        .expectNext("gone")
        .expectComplete()
        .verify(BOUND);
  }
}

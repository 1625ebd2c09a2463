// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.client.NoWorkerException;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The guide to clients and workers shows what works. */
class ClientsAndWorkersGuideTest {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private final Disposable.Composite open = Disposables.composite();
  private final ServerAddress server = start();

  private ServerAddress start() {
    var bound = JobServer.create().port(0).bind().block(BOUND);
    open.add(() -> bound.disposeNow(BOUND));
    return new ServerAddress("127.0.0.1", bound.port());
  }

  private void serve(String function, JobFunction served) {
    open.add(
        GearmanWorker.builder(server)
            .function(function, served)
            .concurrency(4)
            .build()
            .run()
            .subscribe());
  }

  private GearmanClient client() {
    GearmanClient client = ClientGuide.of(List.of(server));
    open.add(client);
    return client;
  }

  @AfterEach
  void close() {
    open.dispose();
  }

  @Test
  void whatItShowsIsCompiledHere() {
    for (String snippet : Programs.snippetsOf("docs/clients-and-workers.md")) {
      boolean ofWorkers = snippet.contains("worker");
      Programs.expectCompiled(ofWorkers ? "WorkerGuide" : "ClientGuide", snippet);
    }
  }

  @Test
  void clientOfManyServersIsBuilt() {
    GearmanClient client = ClientGuide.ofManyServers();
    client.dispose();
    assertThat(client.isDisposed()).isTrue();
  }

  @Test
  void jobThatMayBeSentAgain() {
    serve("charge", JobFunction.ofMono(job -> Mono.just("paid".getBytes(UTF_8))));
    StepVerifier.create(
            ClientGuide.charge(client(), new byte[1]).map(bytes -> new String(bytes, UTF_8)))
        .expectNext("paid")
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void jobThatIsTriedAgain() {
    serve("resize", JobFunction.ofMono(job -> Mono.just(job.workload())));
    StepVerifier.create(ClientGuide.thumbnail(client(), new byte[7]))
        .expectNextMatches(bytes -> bytes.length == 7)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void manyJobsOfWhichOneFails() {
    serve(
        "resize",
        JobFunction.ofMono(
            job ->
                job.workload().length == 3
                    ? Mono.error(new IllegalStateException("no image"))
                    : Mono.just(job.workload())));
    StepVerifier.create(
            ClientGuide.sizes(client(), Flux.range(1, 5).map(size -> new byte[size])).sort())
        .expectNext(1, 2, 4, 5)
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void workerOfThreeFunctionsThatIsShutDown() {
    GearmanWorker worker =
        WorkerGuide.media(List.of(server), image -> Mono.just(image), file -> Flux.just(file));
    open.add(WorkerGuide.start(worker));
    GearmanClient client = client();
    for (String function : List.of("resize", "tail", "convert")) {
      assertThat(client.call(function, new byte[] {7}).block(BOUND)).containsExactly(7);
    }
    WorkerGuide.stop(worker);
    assertThat(
            client
                .run(JobRequest.of("resize", new byte[1]).withFailFast(true))
                .then()
                .materialize()
                .block(BOUND)
                .getThrowable())
        .isInstanceOf(NoWorkerException.class);
  }
}

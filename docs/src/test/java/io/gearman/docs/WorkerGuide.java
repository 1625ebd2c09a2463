// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.transport.ServerAddress;
import io.gearman.worker.FunctionSettings;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What docs/clients-and-workers.md shows of workers. */
final class WorkerGuide {

  private static final Logger log = LoggerFactory.getLogger(WorkerGuide.class);

  private WorkerGuide() {}

  interface Images {
    Mono<byte[]> resize(byte[] image);
  }

  interface Logs {
    Flux<byte[]> lines(byte[] file);
  }

  static GearmanWorker media(List<ServerAddress> servers, Images images, Logs logs) {
    var worker =
        GearmanWorker.builder(servers)
            .concurrency(64) // jobs held at once, over all functions and servers
            .function("resize", JobFunction.ofMono(job -> images.resize(job.workload())))
            .function("tail", JobFunction.ofFlux(job -> logs.lines(job.workload())))
            .function(
                "convert",
                JobFunction.blocking(job -> convert(job.workload())), // on a thread that may block
                FunctionSettings.defaults().withConcurrency(4).withTimeout(Duration.ofMinutes(2)))
            .timeout(Duration.ofMinutes(10)) // of jobs whose function has none of its own
            .clientId("media-1")
            .build();
    return worker;
  }

  static Disposable start(GearmanWorker worker) {
    var working = worker.run().subscribe();
    return working;
  }

  private static byte[] convert(byte[] film) {
    return film;
  }

  static void stop(GearmanWorker worker) {
    worker
        .shutdown(Duration.ofSeconds(20)) // no more jobs; those that run may end
        .doOnNext(end -> log.info("{} ended, {} given back", end.completed(), end.returned()))
        .block();
  }
}

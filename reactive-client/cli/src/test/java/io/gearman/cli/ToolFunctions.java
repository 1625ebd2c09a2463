// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobUpdate;
import io.gearman.WorkerException;
import io.gearman.testkit.RunningServer;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A worker whose functions show what clients make of all that workers may send. */
final class ToolFunctions implements BeforeEachCallback, AfterEachCallback {

  private final RunningServer server;
  private Disposable working = Disposables.disposed();

  ToolFunctions(RunningServer server) {
    this.server = server;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    working =
        GearmanWorker.builder(server.address())
            .function("echo", JobFunction.ofMono(job -> Mono.just(job.workload())))
            .function("unique", JobFunction.ofMono(job -> Mono.just(bytes(job.unique()))))
            .function("fail", job -> Mono.error(new JobFailedException(job.handle())))
            .function("throw", job -> Mono.error(new WorkerException(job.handle(), bytes("boom"))))
            .function("no-total", job -> updates(new JobEvent.Status(1, 0)))
            .function(
                "data-fail",
                job ->
                    updates(new JobEvent.Data(job.workload()))
                        .concatWith(Mono.error(new JobFailedException(job.handle()))))
            .function(
                "events",
                job ->
                    updates(
                        new JobEvent.Data(bytes("one")),
                        new JobEvent.Warning(bytes("careful")),
                        new JobEvent.Status(1, 3),
                        new JobEvent.Data(bytes("two\n")),
                        new JobEvent.Completed(bytes("done"))))
            .build()
            .run()
            .subscribe();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    working.dispose();
  }

  private static Flux<JobUpdate> updates(JobUpdate... updates) {
    return Flux.just(updates);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}

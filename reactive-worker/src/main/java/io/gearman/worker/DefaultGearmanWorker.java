// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.transport.ConnectionState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One run after the other. */
final class DefaultGearmanWorker implements GearmanWorker {

  private static final Duration PATIENCE = Duration.ofSeconds(1); // with who begins another run

  private final WorkerSettings settings;
  // Atomic, since whoever subscribes and cancels does so on a thread of their own.
  private final AtomicReference<@Nullable WorkerRun> current = new AtomicReference<>();
  private final Sinks.Many<WorkerRun> runs = Sinks.many().replay().latest();

  DefaultGearmanWorker(WorkerSettings settings) {
    this.settings = settings;
  }

  @Override
  public Mono<Void> run() {
    return Mono.using(this::begin, WorkerRun::work, this::end);
  }

  private WorkerRun begin() {
    WorkerRun run = new WorkerRun(settings);
    if (!current.compareAndSet(null, run)) {
      throw new IllegalStateException("This worker runs already");
    }
    runs.emitNext(run, Sinks.EmitFailureHandler.busyLooping(PATIENCE));
    return run;
  }

  private void end(WorkerRun run) {
    current.compareAndSet(run, null);
    run.dispose();
  }

  @Override
  public Flux<ConnectionState> states() {
    return runs.asFlux().switchMap(WorkerRun::states);
  }

  @Override
  public Mono<Drained> shutdown(Duration patience) {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience must be 0 or more, not " + patience);
    }
    return Mono.defer(
        () -> {
          WorkerRun run = current.get();
          return run == null ? Mono.just(new Drained(0, 0)) : run.shutdown(patience);
        });
  }
}

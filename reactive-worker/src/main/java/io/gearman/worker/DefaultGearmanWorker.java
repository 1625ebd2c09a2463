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
  private volatile boolean paused; // for the run that begins next
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
    run.pause(paused);
    runs.emitNext(run, Sinks.EmitFailureHandler.busyLooping(PATIENCE));
    return run;
  }

  @Override
  public void pause() {
    pause(true);
  }

  @Override
  public void resume() {
    pause(false);
  }

  /** Whichever of this and the beginning of a run comes second finds what the first has left. */
  private void pause(boolean wanted) {
    paused = wanted;
    WorkerRun run = current.get();
    if (run != null) {
      run.pause(wanted);
    }
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

// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.JobEvent;
import io.gearman.client.GearmanClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The jobs of one analysis, read chunk by chunk and as fast as a throttle lets them through. What
 * is not read is not asked for: the demand for each job's events is what slows its worker.
 */
final class ThrottledJobs {

  /** How often is told how it stands. */
  static final Duration TELL_EVERY = Duration.ofMillis(250);

  private final GearmanClient client;
  private final AnalysisProperties settings;
  private final Throttle throttle;
  private final Scheduler thread;
  private final JobsInFlight inFlight;
  private final StallWatch watch;
  private final long began;

  /** An event of a job and where it has brought the block. */
  private record Step(Block block, JobEvent event, BlockState state) {

    Step after(JobEvent next) {
      return new Step(block, next, state.after(next));
    }

    boolean isChunk() {
      return event instanceof JobEvent.Data;
    }
  }

  /**
   * @param thread the one on which states are told
   */
  ThrottledJobs(
      GearmanClient client, AnalysisProperties settings, Throttle throttle, Scheduler thread) {
    this.client = client;
    this.settings = settings;
    this.throttle = throttle;
    this.thread = thread;
    this.inFlight = new JobsInFlight(client);
    this.watch = new StallWatch(settings.stallTimeout());
    this.began = Schedulers.parallel().now(TimeUnit.MILLISECONDS);
  }

  /** How the blocks stand. One event is asked for at a time, of all jobs together. */
  Flux<BlockState> states(Flux<Block> blocks) {
    return blocks
        .flatMap(this::run, settings.blocksInFlight(), 1)
        .doOnRequest(n -> watch.asked())
        .doOnNext(step -> watch.heard())
        .concatMap(step -> step.isChunk() ? throttle.pass(step) : Mono.just(step), 0)
        .publishOn(thread, 1)
        .map(this::read);
  }

  private Flux<Step> run(Block block) {
    Flux<JobEvent> events =
        CountingJob.run(client, block).doOnNext(event -> accepted(block, event));
    return Flux.defer(
        () -> {
          inFlight.submitted(block, CountLines.chunks(block.lines(), settings.linesPerPartial()));
          watch.submitted();
          return events
              .scanWith(
                  () -> new Step(block, new JobEvent.Restarted(), BlockState.of(block)),
                  Step::after)
              .skip(1); // nothing has happened before the first event
        });
  }

  private void accepted(Block block, JobEvent event) {
    if (event instanceof JobEvent.Created created) {
      inFlight.accepted(block, created);
    }
  }

  private BlockState read(Step step) {
    inFlight.read(step.block(), step.event());
    return step.state();
  }

  /**
   * How it stands, again and again; to be cancelled when the states have ended. It is an error if
   * no job has said anything for too long.
   */
  Flux<Flow> flow() {
    return Flux.interval(TELL_EVERY)
        .doOnNext(tick -> watch.check(inFlight.count()))
        .onBackpressureDrop()
        .concatMap(tick -> inFlight.ask().then(Mono.fromSupplier(this::now)), 1);
  }

  /** How it stands. */
  Flow now() {
    long read = inFlight.chunksRead();
    return new Flow(
        Schedulers.parallel().now(TimeUnit.MILLISECONDS) - began,
        inFlight.count(),
        inFlight.running(),
        read + inFlight.ahead(),
        read,
        throttle.rate().itemsPerSecond());
  }
}

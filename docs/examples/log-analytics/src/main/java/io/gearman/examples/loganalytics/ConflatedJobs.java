// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.client.GearmanClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The jobs of an analysis, read as fast as they go and no state older than the latest. */
record ConflatedJobs(GearmanClient client, AnalysisProperties settings, Scheduler thread) {

  /** How the blocks stand, told on the thread. */
  Flux<BlockState> states(Flux<Block> blocks) {
    return blocks.flatMap(this::run, settings.blocksInFlight(), 1).publishOn(thread, 1);
  }

  /** One job. If the reducer is behind, it skips to the latest state. */
  private Flux<BlockState> run(Block block) {
    return CountingJob.run(client, block)
        .timeout(
            settings.stallTimeout(),
            Mono.error(() -> AnalysisException.stalled(settings.stallTimeout())))
        .scan(BlockState.of(block), BlockState::after)
        .skip(1) // nothing has happened before the first event
        .onBackpressureLatest();
  }
}

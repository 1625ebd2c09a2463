// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The analyses of pages, by id: each from its stream's first event to its last one. */
@Component
final class OpenAnalyses {

  private final Analyses analyses;
  private final AnalysisProperties settings;
  private final Semaphore places;

  /** Concurrent, as requests come on several event loops. */
  private final Map<String, OpenAnalysis> byId = new ConcurrentHashMap<>();

  OpenAnalyses(Analyses analyses, AnalysisProperties settings) {
    this.analyses = analyses;
    this.settings = settings;
    this.places = new Semaphore(settings.maxOpen());
  }

  /**
   * Opens an analysis and gives its events, the first of which names it. Each subscription is
   * another one, over when its events are; cancelling it cancels its jobs and its upload.
   */
  Flux<ServerSentEvent<String>> open(Throttle.Rate rate) {
    return Mono.fromCallable(UUID::randomUUID)
        .subscribeOn(Schedulers.boundedElastic()) // randomness is read from a file
        .flatMapMany(
            id ->
                Flux.using(
                    () -> enter(new OpenAnalysis(id.toString(), new Throttle(rate))),
                    this::events,
                    this::leave));
  }

  /** The one of this id, or an error. */
  Mono<OpenAnalysis> find(String id) {
    return Mono.fromCallable(() -> byId.get(id))
        .switchIfEmpty(Mono.error(() -> AnalysisException.unknown(id)));
  }

  /** How many are open. */
  int count() {
    return byId.size();
  }

  private OpenAnalysis enter(OpenAnalysis analysis) {
    if (!places.tryAcquire()) {
      throw AnalysisException.tooManyOpen(settings.maxOpen());
    }
    byId.put(analysis.id(), analysis);
    return analysis;
  }

  private void leave(OpenAnalysis analysis) {
    byId.remove(analysis.id());
    places.release();
  }

  private Flux<ServerSentEvent<String>> events(OpenAnalysis analysis) {
    Ready ready = new Ready(analysis.id(), settings.linesPerPartial(), settings.blocksInFlight());
    return Flux.just(StreamEvents.ready(ready))
        .concatWith(analysis.events(analyses, settings.uploadTimeout()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Publishers that fail for a reason that lies outside of them, such as a time limit.
 *
 * <p>As {@link Flux#takeUntilOther}, but that one does not cancel its source when the other fails
 * (reactor-core issue 4230), and its failure is lost if it comes while somebody subscribes.
 */
public final class CutShort {

  private CutShort() {}

  /**
   * What a source signals, until there is a reason to fail: then the source is cancelled and the
   * reason is signalled in its place, where it came from. Demand passes through; what is asked for
   * while some is still awaited may pass with the next item only.
   *
   * <p>Each subscription subscribes to both, and cancels the one as soon as the other has ended it.
   *
   * @param reason empty for none
   */
  public static <T> Flux<T> by(Mono<? extends Throwable> reason, Flux<T> source) {
    return Flux.defer(
        () -> {
          Sinks.Empty<Void> ended = Sinks.empty();
          Flux<T> signals = source.doOnTerminate(ended::tryEmitEmpty);
          return Flux.just(signals)
              .concatWith(reason.map(Flux::error))
              .takeUntilOther(ended.asMono())
              .switchMap(Function.identity());
        });
  }
}

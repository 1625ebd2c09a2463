// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** Shows a state that changes often to a reader who may be slow. */
final class Conflation {

  private Conflation() {}

  /**
   * Views of the latest state, in order: at most one round of them per period while the state
   * changes, and one when it has changed for the last time. What travels to the reader is the
   * intent to look; a view is computed, on the given thread, when the reader has asked for it. A
   * reader who asks for nothing holds up nothing and finds one round that is up to date.
   *
   * @param states a state that is changed on one thread only; each element says that it was changed
   * @param thread that one thread
   */
  static <S, T> Flux<T> latest(
      Flux<S> states, List<Function<S, T>> views, Duration period, Scheduler thread) {
    Flux<Long> ticks = Flux.interval(period).onBackpressureDrop().publishOn(thread, 1);
    return states
        .sample(ticks)
        .onBackpressureLatest()
        .concatMapIterable(state -> intents(state, views), 1)
        .publishOn(thread, 1)
        .map(Supplier::get)
        .hide(); // fused into what follows, the views would be computed on the thread that asks
  }

  private static <S, T> List<Supplier<T>> intents(S state, List<Function<S, T>> views) {
    return views.stream().map(view -> (Supplier<T>) () -> view.apply(state)).toList();
  }
}

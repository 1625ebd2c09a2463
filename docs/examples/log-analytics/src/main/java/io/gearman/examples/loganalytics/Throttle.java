// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A gate that lets items pass one by one at a rate, or freely. The rate may be changed at any time,
 * from any thread; an item that waits at the gate follows it at once.
 */
final class Throttle {

  static final int MIN = 1;
  static final int MAX = 1_000;

  /** The longest that an item waits: the time between two at the lowest rate. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(1).dividedBy(MIN);

  private static final Duration PATIENCE_AMONG_CHANGES = Duration.ofMillis(100);

  private final Scheduler timer = Schedulers.parallel();
  private final Sinks.Many<Rate> rates;
  private volatile Rate rate;
  private long passedAt;

  /**
   * How fast items may pass.
   *
   * @param itemsPerSecond null for as fast as they come
   */
  record Rate(@Nullable Integer itemsPerSecond) {

    static final Rate UNLIMITED = new Rate(null);

    /**
     * Reads what a reader sent.
     *
     * @throws AnalysisException if it is no number from {@link #MIN} to {@link #MAX}
     */
    static Rate parse(String text) {
      if (text.matches("\\d{1,9}")) {
        int number = Integer.parseInt(text);
        if (number >= MIN && number <= MAX) {
          return new Rate(number);
        }
      }
      throw AnalysisException.badRate(text);
    }

    /** Between two items, 0 if they are not held up. */
    long nanos() {
      return itemsPerSecond == null ? 0 : TimeUnit.SECONDS.toNanos(1) / itemsPerSecond;
    }
  }

  Throttle(Rate rate) {
    this.rate = rate;
    this.rates = Sinks.many().replay().latestOrDefault(rate);
    this.passedAt = now() - rate.nanos();
  }

  Rate rate() {
    return rate;
  }

  void set(Rate changed) {
    rate = changed;
    rates.emitNext(changed, Sinks.EmitFailureHandler.busyLooping(PATIENCE_AMONG_CHANGES));
  }

  /**
   * Passes an element on when its turn has come. For one after the other, as in {@code concatMap}:
   * that, and no lock, is what the time of the last one relies on.
   */
  <T> Mono<T> pass(T element) {
    return rates.asFlux().switchMap(this::turn).next().map(turn -> element);
  }

  private Mono<Long> turn(Rate now) {
    if (now.nanos() == 0) {
      return Mono.fromSupplier(() -> passedAt = now());
    }
    long wait = Math.max(0, passedAt + now.nanos() - now());
    return Mono.delay(Duration.ofNanos(wait), timer).doOnNext(tick -> passed(now.nanos()));
  }

  /** One that was late does not make the next one late as well, but a pause is not caught up on. */
  private void passed(long nanos) {
    passedAt = Math.max(passedAt + nanos, now() - nanos);
  }

  private long now() {
    return timer.now(TimeUnit.NANOSECONDS);
  }
}

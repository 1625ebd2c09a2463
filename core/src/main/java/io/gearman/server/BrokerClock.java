// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.Disposable;

/**
 * Time within the broker: it stands still while a batch is worked off, so that the clock is looked
 * at once for all of it. What a timer brings about is a batch too.
 */
final class BrokerClock implements Clock {

  private final Clock clock;
  private final Consumer<Runnable> batch;
  private long nanos;

  /**
   * @param batch runs a task as a batch
   */
  BrokerClock(Clock clock, Consumer<Runnable> batch) {
    this.clock = clock;
    this.batch = batch;
    tick();
  }

  /** A batch begins. */
  void tick() {
    nanos = clock.nanos();
  }

  @Override
  public Disposable schedule(Duration delay, Runnable task) {
    return clock.schedule(
        delay,
        () -> {
          tick();
          batch.accept(task);
        });
  }

  @Override
  public long millis() {
    return clock.millis();
  }

  @Override
  public long nanos() {
    return nanos;
  }
}

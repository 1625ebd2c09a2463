// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Time that passes when a test says so, from 1970 on. */
record VirtualClock(VirtualTimeScheduler time) implements Clock {

  @Override
  public Disposable schedule(Duration delay, Runnable task) {
    return time.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public long millis() {
    return time.now(TimeUnit.MILLISECONDS);
  }

  @Override
  public long nanos() {
    return time.now(TimeUnit.NANOSECONDS);
  }
}

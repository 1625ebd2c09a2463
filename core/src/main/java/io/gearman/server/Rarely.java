// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells of what a stranger can bring about as often as he likes: at once, and then not again for a
 * minute. Otherwise he could fill the log.
 */
final class Rarely {

  private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanos;

  /** Connections may be on many event loops, and all of them tell of the same. */
  private final AtomicLong toldAt;

  private final AtomicLong untold = new AtomicLong();

  Rarely() {
    this(System::nanoTime);
  }

  Rarely(LongSupplier nanos) {
    this.nanos = nanos;
    this.toldAt = new AtomicLong(nanos.getAsLong() - PAUSE);
  }

  /**
   * It has happened again.
   *
   * @param tell gets how often it has happened since it was told of last, this time not counted
   */
  void happened(Consumer<Long> tell) {
    long last = toldAt.get();
    long now = nanos.getAsLong();
    if (now - last >= PAUSE && toldAt.compareAndSet(last, now)) {
      tell.accept(untold.getAndSet(0));
    } else {
      untold.incrementAndGet();
    }
  }
}

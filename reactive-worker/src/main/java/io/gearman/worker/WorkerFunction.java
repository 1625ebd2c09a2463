// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A function at work. Confined to the event loop of its worker, hence the plain fields. */
final class WorkerFunction {

  /** So long may a function keep the event loop. */
  static final Duration BLOCKING = Duration.ofMillis(50);

  private static final long WARNING_INTERVAL = TimeUnit.MINUTES.toNanos(1);

  private final String name;
  private final JobFunction function;
  private final Duration timeout; // 0 for none
  private final boolean serverTimeout;
  private final LongSupplier nanoTime;

  private boolean warned;
  private long warnedAt;

  WorkerFunction(String name, JobFunction function, Duration timeout, boolean serverTimeout) {
    this(name, function, timeout, serverTimeout, System::nanoTime);
  }

  WorkerFunction(
      String name,
      JobFunction function,
      Duration timeout,
      boolean serverTimeout,
      LongSupplier nanoTime) {
    this.name = name;
    this.function = function;
    this.timeout = timeout;
    this.serverTimeout = serverTimeout;
    this.nanoTime = nanoTime;
  }

  String name() {
    return name;
  }

  JobFunction code() {
    return function;
  }

  /** How long a job of it may run, 0 for ever. */
  Duration timeout() {
    return timeout;
  }

  /** Whether the server is told of the timeout. */
  boolean hasServerTimeout() {
    return serverTimeout;
  }

  /** Runs some of its code on the event loop, and complains if it keeps the loop. */
  void watch(Runnable code) {
    long begun = nanoTime.getAsLong();
    try {
      code.run();
    } finally {
      long end = nanoTime.getAsLong();
      if (end - begun > BLOCKING.toNanos()) {
        complain(end, end - begun);
      }
    }
  }

  private void complain(long now, long took) {
    if (!warned || now - warnedAt > WARNING_INTERVAL) {
      warned = true;
      warnedAt = now;
      WorkerSession.log.warn(
          "Function {} kept the event loop for {} ms, where no more than {} ms are in order;"
              + " code that blocks belongs in JobFunction.blocking",
          name,
          TimeUnit.NANOSECONDS.toMillis(took),
          BLOCKING.toMillis());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.time.Duration;
import reactor.core.Disposable;

/** Time as the broker knows it. */
interface Clock {

  /** Runs a task after a while, on the broker's event loop. */
  Disposable schedule(Duration delay, Runnable task);

  /** Milliseconds since 1970, by a clock that may be set. */
  long millis();

  /** Nanoseconds since some moment, by a clock that only goes on. */
  long nanos();
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The permit of one job, kept until the job has ended and each thread that blocks for it has come
 * back. Functions find it in the Reactor context of their publisher's subscriber.
 *
 * <p>Atomic, as a thread that is about to begin and the end of the job, on the event loop, must
 * agree at once on which of them was first.
 */
final class Slot {

  private final AtomicInteger holders = new AtomicInteger(1); // the job itself
  private final Runnable free;

  /**
   * @param free called once, by the last holder
   */
  Slot(Runnable free) {
    this.free = free;
  }

  /** Runs code that blocks on this thread, unless the job has ended. */
  void occupy(JobFunction.Blocking code, Job job, MonoSink<byte[]> result) {
    AtomicBoolean cancelled = new AtomicBoolean(); // before this thread is interrupted
    result.onCancel(() -> cancelled.set(true));
    if (holders.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
      return;
    }
    try {
      result.success(code.apply(job));
    } catch (Throwable thrown) { // whatever it is: nobody would hear of what is thrown here
      if (cancelled.get()) {
        WorkerSession.log.debug("{} was cancelled", job, thrown);
      } else {
        result.error(thrown);
      }
    } finally {
      leave();
    }
  }

  /** The job has ended, or a thread has come back. */
  void leave() {
    if (holders.decrementAndGet() == 0) {
      free.run();
    }
  }

  Context context() {
    return Context.of(Slot.class, this);
  }

  /** The slot of the job; one that nobody else holds where the subscriber is no worker. */
  static Slot of(ContextView context) {
    return context.<Slot>getOrEmpty(Slot.class).orElseGet(() -> new Slot(() -> {}));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
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
abstract class Slot {

  private static final AtomicIntegerFieldUpdater<Slot> HOLDERS =
      AtomicIntegerFieldUpdater.newUpdater(Slot.class, "holders");

  @SuppressWarnings("UnusedVariable") // it is used, by the updater
  private volatile int holders = 1; // the job itself

  /** Called once, by the last holder. */
  abstract void free();

  /** Runs code that blocks on this thread, unless the job has ended. */
  final void occupy(JobFunction.Blocking code, Job job, MonoSink<byte[]> result) {
    AtomicBoolean cancelled = new AtomicBoolean(); // before this thread is interrupted
    result.onCancel(() -> cancelled.set(true));
    if (HOLDERS.getAndUpdate(this, n -> n == 0 ? 0 : n + 1) == 0) {
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
  final void leave() {
    if (HOLDERS.decrementAndGet(this) == 0) {
      free();
    }
  }

  final Context context() {
    return Context.of(Slot.class, this);
  }

  /** The slot of the job; one that nobody else holds where the subscriber is no worker. */
  static Slot of(ContextView context) {
    return context.<Slot>getOrEmpty(Slot.class).orElseGet(OfNobody::new);
  }

  private static final class OfNobody extends Slot {
    @Override
    void free() {}
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobEvent;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Lets the first demand choose the source: one for subscribers that ask for everything and so never
 * keep anything waiting, one for all others. Nothing happens before that demand.
 */
final class FirstDemand extends Flux<JobEvent> {

  private final Flux<JobEvent> forAll;
  private final Flux<JobEvent> forSome;

  FirstDemand(Flux<JobEvent> forAll, Flux<JobEvent> forSome) {
    this.forAll = forAll;
    this.forSome = forSome;
  }

  @Override
  public void subscribe(CoreSubscriber<? super JobEvent> actual) {
    actual.onSubscribe(new Choice(actual));
  }

  private final class Choice extends Operators.DeferredSubscription
      implements CoreSubscriber<JobEvent> {

    private final CoreSubscriber<? super JobEvent> actual;
    // Atomic, as operators in front may pass on early demand and the next one from two threads.
    private final AtomicBoolean chosen = new AtomicBoolean();

    Choice(CoreSubscriber<? super JobEvent> actual) {
      this.actual = actual;
    }

    @Override
    public void request(long n) {
      if (!Operators.validate(n)) {
        return;
      }
      super.request(n);
      if (!isCancelled() && chosen.compareAndSet(false, true)) {
        (n == Long.MAX_VALUE ? forAll : forSome).subscribe(this);
      }
    }

    @Override
    public void onSubscribe(Subscription source) {
      set(source);
    }

    @Override
    public void onNext(JobEvent event) {
      actual.onNext(event);
    }

    @Override
    public void onError(Throwable failure) {
      actual.onError(failure);
    }

    @Override
    public void onComplete() {
      actual.onComplete();
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobEvent;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Gives the events of another source to a subscriber that has a subscription already. */
final class Relay extends Operators.DeferredSubscription implements CoreSubscriber<JobEvent> {

  private final CoreSubscriber<? super JobEvent> actual;

  Relay(CoreSubscriber<? super JobEvent> actual) {
    this.actual = actual;
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

// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Publishers that fail for a reason that lies outside of them, such as a time limit.
 *
 * <p>As {@link Flux#takeUntilOther}, but that one does not cancel its source when the other fails
 * (reactor-core issue 4230), and its failure is lost if it comes while somebody subscribes.
 */
public final class CutShort {

  private CutShort() {}

  /**
   * What a source signals, until there is a reason to fail: then the source is cancelled and the
   * reason is signalled in its place, on the thread that it came from or on one that is just giving
   * an item. Demand passes through as it is. A failure of the source that comes later is ignored.
   *
   * <p>Each subscription subscribes to the source, which must not block, and then to the reason,
   * and cancels the one as soon as the other has ended it.
   *
   * @param reason empty for none; its own failure is a reason too
   */
  public static <T> Flux<T> by(Mono<? extends Throwable> reason, Flux<T> source) {
    return source.transform(
        Operators.<T, T>liftPublisher(
            (its, actual) -> new Cut<>(reason, Operators.serialize(actual))));
  }

  /** Its subscriber takes the first end that comes, and no signal at the same time as another. */
  private static final class Cut<T> implements CoreSubscriber<T>, Subscription {

    private final Mono<? extends Throwable> reason;
    private final CoreSubscriber<? super T> actual;
    private final Disposable.Swap awaited = Disposables.swap(); // the reason
    private Subscription source = Operators.emptySubscription();

    Cut(Mono<? extends Throwable> reason, CoreSubscriber<? super T> actual) {
      this.reason = reason;
      this.actual = actual;
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }

    /** The reason is asked for last, so that it cannot overtake the subscription. */
    @Override
    public void onSubscribe(Subscription source) {
      this.source = source;
      actual.onSubscribe(this);
      if (!awaited.isDisposed()) {
        awaited.update(reason.subscribe(this::cut, this::cut));
      }
    }

    private void cut(Throwable why) {
      source.cancel();
      actual.onError(why);
    }

    @Override
    public void onNext(T item) {
      actual.onNext(item);
    }

    @Override
    public void onError(Throwable failure) {
      awaited.dispose();
      actual.onError(failure);
    }

    @Override
    public void onComplete() {
      awaited.dispose();
      actual.onComplete();
    }

    @Override
    public void request(long n) {
      source.request(n);
    }

    @Override
    public void cancel() {
      awaited.dispose();
      source.cancel();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.util.Objects.requireNonNull;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * Makes a {@link Mono} of each element and gives their values as they come, so many of them under
 * way at once: what {@code flatMap} does, whose every completion looks at all that are under way,
 * so that a hundred thousand take minutes. Here the end of one costs the same however many there
 * are.
 *
 * <p>An element's place is free when its value has been taken. The first error is the end, and
 * cancels what is under way.
 *
 * @param <T> the elements
 * @param <R> the values
 */
final class FanOut<T, R> extends Flux<R> {

  private final Publisher<T> elements;
  private final int concurrency;
  private final Function<? super T, ? extends Mono<R>> action;

  FanOut(Publisher<T> elements, int concurrency, Function<? super T, ? extends Mono<R>> action) {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be 1 or more, not " + concurrency);
    }
    this.elements = requireNonNull(elements, "elements");
    this.concurrency = concurrency;
    this.action = action;
  }

  @Override
  public void subscribe(CoreSubscriber<? super R> actual) {
    elements.subscribe(new Main(actual));
  }

  /**
   * The subscriber of the elements. Elements come one after the other; ends of actions, demand and
   * cancellation come from any thread, hence the atomics: whoever finds {@link #work} at zero does
   * what is to be done for all of them.
   */
  private final class Main implements CoreSubscriber<T>, Subscription {

    private final CoreSubscriber<? super R> actual;
    private final Set<Action> active = ConcurrentHashMap.newKeySet();
    private final Queue<Action> ended = Queues.<Action>unboundedMultiproducer().get(); // to places
    private final AtomicInteger places = new AtomicInteger(); // taken, the concurrency at most
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger work = new AtomicInteger();
    private @Nullable Subscription upstream;
    private volatile boolean done; // no more elements
    private volatile boolean over; // nothing is said any more
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Main(CoreSubscriber<? super R> actual) {
      this.actual = actual;
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      if (Operators.validate(upstream, subscription)) {
        upstream = subscription;
        actual.onSubscribe(this);
        subscription.request(concurrency);
      }
    }

    @Override
    public void onNext(T element) {
      places.incrementAndGet();
      Action next = new Action(this);
      active.add(next);
      Mono<R> mono;
      try {
        mono = requireNonNull(action.apply(element), "The action is null");
      } catch (Throwable thrown) {
        next.onError(Operators.onOperatorError(upstream, thrown, element, currentContext()));
        return;
      }
      mono.subscribe(next);
      if (over) { // whoever cancelled all may not have seen this one
        next.cancel();
      }
    }

    @Override
    public void onError(Throwable error) {
      if (over) {
        Operators.onErrorDropped(error, currentContext());
      } else {
        failed(error);
      }
    }

    /** The first error stands for those that others come to at the same moment. */
    void failed(Throwable error) {
      if (failure.compareAndSet(null, error)) {
        drain();
      }
    }

    @Override
    public void onComplete() {
      done = true;
      drain();
    }

    @Override
    public void request(long n) {
      if (Operators.validate(n)) {
        requested.accumulateAndGet(n, Operators::addCap);
        drain();
      }
    }

    @Override
    public void cancel() {
      over = true;
      requireNonNull(upstream).cancel();
      drain();
    }

    void ended(Action action) {
      active.remove(action);
      ended.add(action);
      drain();
    }

    private void drain() {
      if (work.getAndIncrement() != 0) {
        return;
      }
      int missed = 1;
      do {
        emit();
        missed = work.addAndGet(-missed);
      } while (missed != 0);
    }

    private void emit() {
      if (!over && failure.get() == null) {
        handOut();
      }
      Throwable error = failure.get();
      if (!over && error != null) {
        over = true;
        requireNonNull(upstream).cancel();
        actual.onError(error);
      }
      if (over) {
        active.forEach(Action::cancel);
        active.clear();
        ended.clear();
      }
    }

    private void handOut() {
      long free = requested.get();
      long given = 0;
      boolean noMore = done; // before the queue is looked at
      Action next = ended.peek();
      while (next != null
          && !over
          && failure.get() == null
          && (given < free || next.value == null)) {
        ended.remove();
        R value = next.value;
        if (value != null) {
          given++;
          actual.onNext(value);
        }
        places.decrementAndGet();
        if (!noMore) {
          requireNonNull(upstream).request(1);
        }
        next = ended.peek();
      }
      if (given > 0 && free != Long.MAX_VALUE) {
        requested.addAndGet(-given);
      }
      if (noMore && !over && failure.get() == null && places.get() == 0) {
        over = true;
        actual.onComplete();
      }
    }
  }

  /** The subscriber of what is made of an element. */
  private final class Action implements CoreSubscriber<R> {

    private final Main main;
    private final Operators.DeferredSubscription subscription =
        new Operators.DeferredSubscription();
    private final AtomicBoolean hasEnded = new AtomicBoolean();
    private @Nullable R value; // before the end is put into the queue

    Action(Main main) {
      this.main = main;
    }

    @Override
    public Context currentContext() {
      return main.currentContext();
    }

    @Override
    public void onSubscribe(Subscription its) {
      if (subscription.set(its)) {
        its.request(Long.MAX_VALUE);
      }
    }

    @Override
    public void onNext(R result) {
      value = result;
    }

    @Override
    public void onError(Throwable error) {
      if (hasEnded.compareAndSet(false, true)) {
        main.active.remove(this);
        main.failed(error);
      }
    }

    @Override
    public void onComplete() {
      if (hasEnded.compareAndSet(false, true)) {
        main.ended(this);
      }
    }

    void cancel() {
      subscription.cancel();
    }
  }
}

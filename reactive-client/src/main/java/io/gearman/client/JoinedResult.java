// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.util.Objects.requireNonNull;

import io.gearman.JobEvent;
import java.io.ByteArrayOutputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * The whole result of a job: its parts joined, without those of a run that was lost. A result that
 * came in one part, as most do, is not copied.
 *
 * @param <T> what the bytes are read as
 */
final class JoinedResult<T> extends Mono<T> {

  private final Flux<JobEvent> events;
  private final Function<byte[], T> decode;

  static <T> Mono<T> of(Flux<JobEvent> events, Function<byte[], T> decode) {
    return onAssembly(new JoinedResult<>(events, decode));
  }

  private JoinedResult(Flux<JobEvent> events, Function<byte[], T> decode) {
    this.events = events;
    this.decode = decode;
  }

  @Override
  public void subscribe(CoreSubscriber<? super T> actual) {
    events.subscribe(new Joiner<>(actual, decode));
  }

  private static final class Joiner<T> extends Operators.MonoSubscriber<JobEvent, T> {

    private static final byte[] NONE = {};

    private final Function<byte[], T> decode;
    private @Nullable Subscription upstream;
    private byte[] first = NONE;
    private @Nullable ByteArrayOutputStream all; // from the second part on

    Joiner(CoreSubscriber<? super T> actual, Function<byte[], T> decode) {
      super(actual);
      this.decode = decode;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      if (Operators.validate(upstream, subscription)) {
        upstream = subscription;
        actual.onSubscribe(this);
      }
    }

    @Override
    public void request(long n) {
      super.request(n);
      if (n > 0) {
        requireNonNull(upstream).request(Long.MAX_VALUE);
      }
    }

    @Override
    public void cancel() {
      super.cancel();
      requireNonNull(upstream).cancel();
    }

    @Override
    public void onNext(JobEvent event) {
      if (event instanceof JobEvent.Data data) {
        add(data.bytes());
      } else if (event instanceof JobEvent.Completed completed) {
        add(completed.bytes());
      } else if (event instanceof JobEvent.Restarted) {
        first = NONE;
        all = null;
      }
    }

    private void add(byte[] part) {
      if (all != null) {
        all.writeBytes(part);
      } else if (first.length == 0) {
        first = part;
      } else if (part.length > 0) {
        all = new ByteArrayOutputStream(first.length + part.length);
        all.writeBytes(first);
        all.writeBytes(part);
      }
    }

    @Override
    public void onComplete() {
      if (isCancelled()) {
        return; // nobody wants it decoded
      }
      T result;
      try {
        byte[] bytes = all == null ? first : all.toByteArray();
        result = requireNonNull(decode.apply(bytes), "The result was decoded as null");
      } catch (Throwable thrown) {
        actual.onError(Operators.onOperatorError(thrown, currentContext()));
        return;
      }
      complete(result);
    }

    @Override
    public void onError(Throwable failure) {
      if (!isCancelled()) {
        actual.onError(failure);
      }
    }
  }
}

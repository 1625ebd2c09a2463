// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobRestartedException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/** From the events of a job to its result. */
final class Results {

  private Results() {}

  /** What became of a job. */
  static Mono<JobResult> of(JobRequest request, Flux<JobEvent> events) {
    return JoinedResult.<JobResult>of(events, bytes -> new JobResult.Succeeded(request, bytes))
        .onErrorResume(failure -> Mono.just(new JobResult.Failed(request, failure)));
  }

  static <T> Flux<T> parts(Flux<JobEvent> events, Function<byte[], T> decode) {
    return Flux.defer(() -> events.handle(new Parts<>(decode)));
  }

  /** Hands out the parts of one subscription. */
  private static final class Parts<T> implements BiConsumer<JobEvent, SynchronousSink<T>> {

    private final Function<byte[], T> decode;
    private @Nullable JobHandle handle;
    private boolean handedOut;

    Parts(Function<byte[], T> decode) {
      this.decode = decode;
    }

    @Override
    public void accept(JobEvent event, SynchronousSink<T> sink) {
      if (event instanceof JobEvent.Created created) {
        handle = created.handle();
      } else if (event instanceof JobEvent.Data data) {
        handedOut = true;
        sink.next(decode.apply(data.bytes()));
      } else if (event instanceof JobEvent.Completed completed && completed.bytes().length > 0) {
        sink.next(decode.apply(completed.bytes()));
      } else if (event instanceof JobEvent.Restarted && handle != null && handedOut) {
        sink.error(new JobRestartedException(handle));
      }
    }
  }
}

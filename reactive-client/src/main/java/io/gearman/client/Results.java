// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobRestartedException;
import java.io.ByteArrayOutputStream;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/** From the events of a job to the bytes of its result. */
final class Results {

  private Results() {}

  static Mono<byte[]> join(Flux<JobEvent> events) {
    return events
        .collect(
            ByteArrayOutputStream::new,
            (result, event) -> {
              if (event instanceof JobEvent.Data data) {
                result.writeBytes(data.bytes());
              } else if (event instanceof JobEvent.Completed completed) {
                result.writeBytes(completed.bytes());
              } else if (event instanceof JobEvent.Restarted) {
                result.reset();
              }
            })
        .map(ByteArrayOutputStream::toByteArray);
  }

  /** What became of a job. */
  static Mono<JobResult> of(JobRequest request, Flux<JobEvent> events) {
    return join(events)
        .<JobResult>map(bytes -> new JobResult.Succeeded(request, bytes))
        .onErrorResume(failure -> Mono.just(new JobResult.Failed(request, failure)));
  }

  static Flux<byte[]> parts(Flux<JobEvent> events) {
    return Flux.defer(() -> events.handle(new Parts()));
  }

  /** Hands out the parts of one subscription. */
  private static final class Parts implements BiConsumer<JobEvent, SynchronousSink<byte[]>> {

    private @Nullable JobHandle handle;
    private boolean handedOut;

    @Override
    public void accept(JobEvent event, SynchronousSink<byte[]> sink) {
      if (event instanceof JobEvent.Created created) {
        handle = created.handle();
      } else if (event instanceof JobEvent.Data data) {
        handedOut = true;
        sink.next(data.bytes());
      } else if (event instanceof JobEvent.Completed completed && completed.bytes().length > 0) {
        sink.next(completed.bytes());
      } else if (event instanceof JobEvent.Restarted && handle != null && handedOut) {
        sink.error(new JobRestartedException(handle));
      }
    }
  }
}

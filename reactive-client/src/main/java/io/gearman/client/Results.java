// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobEvent;
import java.io.ByteArrayOutputStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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

  static Flux<byte[]> parts(Flux<JobEvent> events) {
    return events.handle(
        (event, sink) -> {
          if (event instanceof JobEvent.Data data) {
            sink.next(data.bytes());
          } else if (event instanceof JobEvent.Completed completed
              && completed.bytes().length > 0) {
            sink.next(completed.bytes());
          }
        });
  }
}

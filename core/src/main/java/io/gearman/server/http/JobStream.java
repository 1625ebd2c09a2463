// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.gearman.JobEvent;
import java.util.Locale;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JsonGenerator;

/**
 * The events of a job as server-sent events. The data of each is one JSON object; payloads are
 * {@code text} where they are UTF-8, else {@code base64}.
 */
final class JobStream {

  private JobStream() {}

  static Mono<Void> send(HttpServerResponse response, Flux<JobEvent> events) {
    Flux<byte[]> lines =
        events
            .map(JobStream::event)
            .onErrorResume(
                error -> Mono.just(ServerSentEvent.of("failed", Problems.of(error).json())));
    return ServerSentEvent.send(response, lines);
  }

  private static byte[] event(JobEvent event) {
    String name = event.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    return ServerSentEvent.of(name, Json.object(json -> properties(json, event)));
  }

  private static void properties(JsonGenerator json, JobEvent event) {
    if (event instanceof JobEvent.Created created) {
      json.writeStringProperty("handle", created.handle().id());
    } else if (event instanceof JobEvent.Data data) {
      Json.payload(json, data.bytes());
    } else if (event instanceof JobEvent.Warning warning) {
      Json.payload(json, warning.bytes());
    } else if (event instanceof JobEvent.Completed completed) {
      Json.payload(json, completed.bytes());
    } else if (event instanceof JobEvent.Status status) {
      json.writeNumberProperty("done", status.done());
      json.writeNumberProperty("total", status.total());
    }
  }
}

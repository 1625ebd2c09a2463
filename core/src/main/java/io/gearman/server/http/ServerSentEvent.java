// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** Events as {@code text/event-stream} has them. */
final class ServerSentEvent {

  private ServerSentEvent() {}

  /**
   * One event.
   *
   * @param json on one line
   */
  static byte[] of(String name, byte[] json) {
    ByteArrayOutputStream event = new ByteArrayOutputStream(json.length + 32);
    event.writeBytes(("event: " + name + "\ndata: ").getBytes(US_ASCII));
    event.writeBytes(json);
    event.writeBytes("\n\n".getBytes(US_ASCII));
    return event.toByteArray();
  }

  /** Answers with events as they come. */
  static Mono<Void> send(HttpServerResponse response, Flux<byte[]> events) {
    response
        .header("Content-Type", "text/event-stream")
        .header("X-Accel-Buffering", "no"); // for nginx in between
    return response.method().equals(HttpMethod.HEAD)
        ? response.send()
        : response.sendByteArray(events).then();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Answers requests of one kind. An error that is not a {@link Problem} is a fault of ours. */
interface Endpoint {

  /** Called on the listener's event loop, where the answer is subscribed to once. */
  Mono<Void> answer(HttpServerRequest request, HttpServerResponse response);

  /** The connection that a request came over. */
  static Channel channel(HttpServerRequest request) {
    Channel[] channel = new Channel[1];
    request.withConnection(connection -> channel[0] = connection.channel());
    return channel[0];
  }

  /** The whole body at once. */
  static Mono<Void> send(HttpServerResponse response, String type, byte[] body) {
    response.header("Content-Type", type).header("Content-Length", Integer.toString(body.length));
    return response.method().equals(HttpMethod.HEAD)
        ? response.send()
        : response.sendByteArray(Mono.just(body)).then();
  }
}

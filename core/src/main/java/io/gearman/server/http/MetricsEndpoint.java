// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Metrics as Prometheus reads them, from wherever they are kept. */
record MetricsEndpoint(@Nullable Mono<String> scrape, Scheduler loop) implements Endpoint {

  private static final Duration BOUND = Duration.ofSeconds(10); // as Prometheus waits by default

  @Override
  public Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    Mono<String> source =
        scrape != null
            ? scrape
            : Mono.error(
                new Problem(HttpResponseStatus.NOT_FOUND, "This listener was given no metrics"));
    return source
        .timeout(BOUND, loop)
        .publishOn(loop)
        .flatMap(
            text ->
                Endpoint.send(
                    response, "text/plain; version=0.0.4; charset=utf-8", text.getBytes(UTF_8)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.gearman.server.ServerSnapshot;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * How the job server is. All three checks say the same of it, and differ in what they call
 * unhealthy:
 *
 * <ul>
 *   <li>live: it does not answer. A server that is restarted loses its jobs, so nothing else
 *       counts.
 *   <li>ready: as live, or it drains. A worker that hangs is no reason to keep clients and workers
 *       out.
 *   <li>health: as ready, or jobs wait although a worker that could take them is idle.
 * </ul>
 */
record HealthEndpoint(Mono<ServerSnapshot> state, Scheduler loop, Predicate<ServerSnapshot> healthy)
    implements Endpoint {

  private static final Duration BOUND = Duration.ofSeconds(1); // for an answer

  static Endpoint live(Mono<ServerSnapshot> state, Scheduler loop) {
    return new HealthEndpoint(state, loop, all -> true);
  }

  static Endpoint ready(Mono<ServerSnapshot> state, Scheduler loop) {
    return new HealthEndpoint(state, loop, all -> !all.draining());
  }

  static Endpoint health(Mono<ServerSnapshot> state, Scheduler loop) {
    return new HealthEndpoint(state, loop, all -> !all.draining() && all.standstills().isEmpty());
  }

  @Override
  public Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    return state
        .timeout(BOUND, loop)
        .publishOn(loop)
        .onErrorMap(HealthEndpoint::dead)
        .flatMap(all -> send(response, all));
  }

  private static Problem dead(Throwable error) {
    return new Problem(
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            error instanceof TimeoutException
                ? "The job server has not answered for " + BOUND.toSeconds() + " s"
                : String.valueOf(error.getMessage()))
        .member(json -> json.writeBooleanProperty("healthy", false));
  }

  private Mono<Void> send(HttpServerResponse response, ServerSnapshot all) {
    boolean well = healthy.test(all);
    HttpResponseStatus status =
        well ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
    return Endpoint.send(
        response.status(status),
        "application/json",
        Json.object(
            json -> {
              json.writeBooleanProperty("healthy", well);
              json.writeBooleanProperty("draining", all.draining());
              Standstills.write(json, all.standstills());
            }));
  }
}

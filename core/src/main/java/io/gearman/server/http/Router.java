// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.gearman.server.JobServer;
import io.gearman.server.ServerSnapshot;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableChannel;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Finds who answers a request, and says what went wrong where nobody does. */
final class Router implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

  private static final Logger log = LoggerFactory.getLogger(HttpListener.class);
  private static final String JOBS = "/jobs/";

  /** As old as health may be, so that asking for it often does not slow the jobs down. */
  private static final Duration FRESH = Duration.ofMillis(100);

  private final Map<String, Endpoint> reading = new HashMap<>();
  private final Endpoint jobs;

  Router(JobServer.Bound server, HttpSettings settings, EventLoop loop) {
    Scheduler onLoop = Schedulers.fromExecutorService(loop);
    Mono<ServerSnapshot> state =
        server.snapshot().cache(all -> FRESH, error -> Duration.ZERO, () -> Duration.ZERO, onLoop);
    jobs = settings.jobs ? new JobsEndpoint(server, loop) : Router::noJobs;
    reading.put("/metrics", new MetricsEndpoint(settings.metrics, onLoop));
    reading.put("/health", HealthEndpoint.health(state, onLoop));
    reading.put("/health/live", HealthEndpoint.live(state, onLoop));
    reading.put("/health/ready", HealthEndpoint.ready(state, onLoop));
    reading.put("/events", new LiveEvents(server, onLoop, settings.period));
    reading.put("/", new LivePage("page.html", "text/html; charset=utf-8"));
    reading.put("/page.css", new LivePage("page.css", "text/css; charset=utf-8"));
    reading.put("/page.js", new LivePage("page.js", "text/javascript; charset=utf-8"));
    reading.put("/icon.svg", new LivePage("icon.svg", "image/svg+xml"));
  }

  private static Mono<Void> noJobs(HttpServerRequest request, HttpServerResponse response) {
    return Mono.error(
        new Problem(
            HttpResponseStatus.FORBIDDEN,
            "This listener takes no jobs: the server was not told to run jobs over HTTP"));
  }

  @Override
  public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
    Guard.secure(response);
    return Mono.defer(() -> endpoint(request).answer(request, response))
        .onErrorResume(error -> fail(response, error));
  }

  private Endpoint endpoint(HttpServerRequest request) {
    Guard.checkHost(request);
    String path = Target.path(request.uri());
    if (path.startsWith(JOBS) && path.length() > JOBS.length()) {
      return allowing(request, "POST", jobs);
    }
    Endpoint endpoint = reading.get(path);
    if (endpoint == null) {
      throw new Problem(HttpResponseStatus.NOT_FOUND, "There is nothing at " + path);
    }
    return allowing(request, "GET, HEAD", endpoint);
  }

  private static Endpoint allowing(HttpServerRequest request, String methods, Endpoint endpoint) {
    HttpMethod method = request.method();
    if (!List.of(methods.split(", ")).contains(method.name())) {
      throw new Problem(
              HttpResponseStatus.METHOD_NOT_ALLOWED,
              "%s takes %s, not %s"
                  .formatted(Target.path(request.uri()), methods.replace(", ", " and "), method))
          .header("Allow", methods);
    }
    return endpoint;
  }

  private static Mono<Void> fail(HttpServerResponse response, Throwable error) {
    if (AbortedException.isConnectionReset(error) || response.hasSentHeaders()) {
      response.withConnection(DisposableChannel::dispose); // it must not look whole
      return Mono.never(); // and is cancelled with the connection
    }
    Problem problem = Problems.of(error);
    if (Problems.isOurs(error)) {
      log.error("A request could not be answered", error);
    }
    problem.headers().forEach(response::header);
    return Endpoint.send(
        response.status(problem.status()), "application/problem+json", problem.json());
  }
}

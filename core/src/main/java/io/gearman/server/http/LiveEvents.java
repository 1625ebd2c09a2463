// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.gearman.server.JobServer;
import io.netty.channel.Channel;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Tells the viewers of the live page how the job server is. One look at it is for all of them, and
 * there is none without them. A viewer that has not taken the last one is passed over.
 */
final class LiveEvents implements Endpoint {

  private final Flux<byte[]> snapshots;

  LiveEvents(JobServer.Bound server, Scheduler loop, Duration period) {
    snapshots =
        Flux.interval(Duration.ZERO, period, loop)
            .onBackpressureDrop()
            .concatMap(tick -> server.snapshot(), 1)
            .publishOn(loop, 1)
            .map(all -> ServerSentEvent.of("snapshot", LiveSnapshot.json(all)))
            .takeUntilOther(server.onDispose())
            .onErrorComplete() // it has ended
            .replay(1)
            .refCount();
  }

  @Override
  public Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    Channel viewer = Endpoint.channel(request);
    return ServerSentEvent.send(response, snapshots.filter(snapshot -> viewer.isWritable()));
  }
}

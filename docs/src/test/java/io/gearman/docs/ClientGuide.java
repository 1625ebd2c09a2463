// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.PayloadCodec;
import io.gearman.Retryable;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.client.JobResult;
import io.gearman.client.ServerSelection;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** What docs/clients-and-workers.md shows of clients. */
final class ClientGuide {

  private static final Logger log = LoggerFactory.getLogger(ClientGuide.class);

  private ClientGuide() {}

  static GearmanClient ofManyServers() {
    var servers = ServerAddress.parseList("jobs-1:4730, jobs-2, [2001:db8::7]:4731, tls://jobs-3");
    var client =
        GearmanClient.builder(servers)
            .selection(ServerSelection.RING) // FIRST_AVAILABLE by default; or ROUND_ROBIN
            .clientId("shop")
            .build();
    return client;
  }

  static GearmanClient of(List<ServerAddress> servers) {
    return GearmanClient.builder(servers).build();
  }

  static Mono<byte[]> charge(GearmanClient client, byte[] order) {
    var job =
        JobRequest.of("charge", order)
            .withAttempts(3) // under one unique id: a server that has it starts no other
            .withTotalLimit(Duration.ofSeconds(20));
    var receipt = client.call(job, PayloadCodec.bytes());
    return receipt;
  }

  static Mono<byte[]> thumbnail(GearmanClient client, byte[] image) {
    var thumbnail =
        client
            .call("resize", image)
            .retryWhen(
                Retry.backoff(3, Duration.ofMillis(100)).filter(Retryable.class::isInstance));
    return thumbnail;
  }

  static Flux<Integer> sizes(GearmanClient client, Flux<byte[]> images) {
    var sizes =
        client
            .runAll(images.map(image -> JobRequest.of("resize", image)), 64) // 64 jobs under way
            .doOnNext(
                result -> {
                  if (result instanceof JobResult.Failed failed) {
                    log.warn("{} was not resized", failed.request(), failed.failure());
                  }
                })
            .ofType(JobResult.Succeeded.class)
            .map(done -> done.bytes().length);
    return sizes;
  }
}

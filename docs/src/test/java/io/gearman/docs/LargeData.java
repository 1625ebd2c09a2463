// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.Chunks;
import io.gearman.PayloadCodec;
import io.gearman.client.GearmanClient;
import io.gearman.transport.CutShort;
import io.gearman.transport.ServerAddress;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What docs/large-data.md shows. */
final class LargeData {

  private LargeData() {}

  /** For the worker: a function whose workload names where its input is. */
  static JobFunction fed(GearmanClient client, UnaryOperator<Flux<byte[]>> work) {
    return JobFunction.ofFlux(
        PayloadCodec.utf8(),
        PayloadCodec.bytes(),
        source -> work.apply(client.stream(source, new byte[0])));
  }

  /** For the client: runs such a function, and serves its input as long as that runs. */
  static Flux<byte[]> feed(
      List<ServerAddress> servers, GearmanClient client, String function, Flux<byte[]> input) {
    return Flux.defer(
        () -> {
          String source = "input-" + UUID.randomUUID();
          GearmanWorker feeder =
              GearmanWorker.builder(servers)
                  .function(source, JobFunction.ofFlux(job -> input.transform(Chunks.of(64 << 10))))
                  .concurrency(1)
                  .build();
          return CutShort.by( // a feeder that fails fails the stream, and ends with it
              feeder.run().then(Mono.empty()),
              client.stream(function, source, PayloadCodec.utf8(), PayloadCodec.bytes()));
        });
  }
}

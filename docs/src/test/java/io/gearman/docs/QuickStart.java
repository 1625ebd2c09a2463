// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.client.GearmanClient;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Flux;

/** The first program of the README. */
public class QuickStart {

  public static void main(String[] args) {
    var server = JobServer.create().port(0).bind().block(); // port 0: any free one
    var address = new ServerAddress("127.0.0.1", server.port());

    var worker =
        GearmanWorker.builder(address)
            .function("repeat", JobFunction.ofFlux(job -> Flux.just(job.workload()).repeat(2)))
            .concurrency(8) // never more than 8 jobs are taken from the server at once
            .build();
    var working = worker.run().subscribe(); // works, and reconnects, until it is disposed of

    var client = GearmanClient.builder(address).build();
    client.stream("repeat", "abc".getBytes(StandardCharsets.UTF_8)) // one subscription, one job
        .map(part -> new String(part, StandardCharsets.UTF_8))
        .doOnNext(System.out::println) // abc, three times, as the worker sends it
        .blockLast();

    client.dispose();
    working.dispose();
    server.disposeNow();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.client.GearmanClient;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A reader that stops is felt by the function: memory stays bounded from one end to the other. */
class BackpressureTest {

  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final int CHUNK_SIZE = 10_000;
  private static final int MEMORY =
      64 << 20; // what sockets and buffers on the way may hold at most

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  private final AtomicLong produced = new AtomicLong();

  @Test
  void aFunctionIsAskedForNoMoreWhenTheClientDoesNotReadAndForMoreWhenItDoes() {
    WireClient deaf = server.connect();
    deaf.request(PacketType.SUBMIT_JOB, "endless", "", "").receive(PacketType.JOB_CREATED);
    Disposable working = work();
    long full = awaitStandstill();
    assertThat(full * CHUNK_SIZE).isLessThan(MEMORY);
    for (int i = 0; i < full; i++) {
      deaf.receive(PacketType.WORK_DATA);
    }
    assertThat(awaitStandstill()).isGreaterThan(full);
    working.dispose();
  }

  @Test
  void otherConnectionsOfTheServerGoOn() {
    WireClient deaf = server.connect();
    deaf.request(PacketType.SUBMIT_JOB, "endless", "", "").receive(PacketType.JOB_CREATED);
    Disposable working = work();
    awaitStandstill();
    Disposable other =
        GearmanWorker.builder(server.address())
            .function("other", JobFunction.ofMono(job -> Mono.just(job.workload())))
            .build()
            .run()
            .subscribe();
    GearmanClient client = GearmanClient.builder(server.address()).build();
    assertThat(client.call("other", new byte[3]).block(BOUND)).hasSize(3);
    client.dispose();
    other.dispose();
    working.dispose();
  }

  private Disposable work() {
    return GearmanWorker.builder(server.address())
        .function("endless", JobFunction.ofFlux(job -> Flux.generate(sink -> sink.next(chunk()))))
        .build()
        .run()
        .subscribe();
  }

  private byte[] chunk() {
    produced.incrementAndGet();
    return new byte[CHUNK_SIZE];
  }

  /** Waits until something was produced and then nothing more for a while. */
  private long awaitStandstill() {
    return Flux.interval(Duration.ofMillis(300))
        .map(tick -> produced.get())
        .buffer(2, 1)
        .filter(pair -> pair.get(0) > 0 && pair.get(0).equals(pair.get(1)))
        .next()
        .map(pair -> pair.get(0))
        .block(BOUND);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.client.GearmanClient;
import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import io.gearman.worker.GearmanWorker;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The program of the guide to large data works before gearmand, too. */
@EnabledIfGearmand
class LargeDataOnGearmandTest {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int CHUNKS = 1_000;
  private static final int CHUNK = 100_000; // 95 MiB, of which a packet holds 64

  @RegisterExtension final RunningServer server = RunningServer.gearmand();

  private final Disposable.Composite opened = Disposables.composite();

  @AfterEach
  void close() {
    opened.dispose();
  }

  private GearmanClient client() {
    GearmanClient client = GearmanClient.builder(server.address()).build();
    opened.add(client);
    return client;
  }

  private static byte[] chunk(int number) {
    byte[] chunk = new byte[CHUNK];
    Arrays.fill(chunk, (byte) number);
    return chunk;
  }

  private static long sum(byte[] piece) {
    long sum = 0;
    for (byte b : piece) {
      sum += b & 0xff;
    }
    return sum;
  }

  @Test
  void moreThanAPacketHoldsGoesThroughAJobAndBack() {
    opened.add(
        GearmanWorker.builder(server.address())
            .function("work", LargeData.fed(client(), input -> input))
            .build()
            .run()
            .subscribe());
    Flux<byte[]> input = Flux.range(0, CHUNKS).map(LargeDataOnGearmandTest::chunk);
    long expected = CHUNK * Flux.range(0, CHUNKS).map(i -> i & 0xffL).reduce(0L, Long::sum).block();
    StepVerifier.create(
            LargeData.feed(List.of(server.address()), client(), "work", input)
                .map(LargeDataOnGearmandTest::sum)
                .reduce(0L, Long::sum))
        .expectNext(expected)
        .expectComplete()
        .verify(BOUND);
  }
}

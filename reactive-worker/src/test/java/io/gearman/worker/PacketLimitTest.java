// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gearman.client.GearmanClient;
import io.gearman.protocol.Packet;
import io.gearman.server.JobServer;
import io.gearman.testkit.RunningServer;
import io.gearman.transport.ConnectionSettings;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Jobs at the packet limit: what is accepted can be run, and results may be larger. */
class PacketLimitTest {

  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final int LIMIT = 1 << 20;
  private static final int LARGEST =
      LIMIT - Packet.HEADER_SIZE - "size".length() - 2; // SUBMIT_JOB's two NULs

  private static final byte[] TWICE = new byte[2 * LIMIT];

  static {
    new Random(4730).nextBytes(TWICE);
  }

  @RegisterExtension
  final RunningServer server = RunningServer.embedded(JobServer.create().maxPacketSize(LIMIT));

  private GearmanClient client;
  private Disposable working;

  @BeforeEach
  void connect() {
    ConnectionSettings settings = ConnectionSettings.defaults().withMaxPacketSize(LIMIT);
    client = GearmanClient.builder(server.address()).connection(settings).build();
    working =
        GearmanWorker.builder(server.address())
            .function("echo", JobFunction.ofMono(job -> Mono.just(job.workload())))
            .function("twice", JobFunction.ofMono(job -> Mono.just(TWICE)))
            .function("size", JobFunction.ofMono(job -> Mono.just(new byte[1])))
            .connection(settings)
            .build()
            .run()
            .subscribe();
  }

  @AfterEach
  void disconnect() {
    client.dispose();
    working.dispose();
  }

  @Test
  void theLargestWorkloadThatIsAcceptedIsRun() {
    assertThat(client.call("size", new byte[LARGEST]).block(BOUND)).hasSize(1);
  }

  @Test
  void aLargerOneIsRefusedAndTheConnectionGoesOn() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> client.call("size", new byte[LARGEST + 1]).block(BOUND))
        .withMessageContaining("over the packet limit of " + LIMIT + " bytes");
    assertThat(client.call("echo", new byte[10]).block(BOUND)).hasSize(10);
  }

  @Test
  void aResultOverTheLimitComesInPieces() {
    assertThat(client.call("twice", new byte[0]).block(BOUND)).isEqualTo(TWICE);
    StepVerifier.create(client.stream("twice", new byte[0]).map(piece -> piece.length), 1)
        .expectNextMatches(PacketLimitTest::almostALimit)
        .thenRequest(1)
        .expectNextMatches(PacketLimitTest::almostALimit)
        .thenRequest(1)
        .expectNextMatches(rest -> rest < 200)
        .expectComplete()
        .verify(BOUND);
  }

  private static boolean almostALimit(int size) {
    return size > LIMIT - 100 && size < LIMIT;
  }
}

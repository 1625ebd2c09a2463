// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ServerErrorException;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * A worker where none may be: it says so rather than waiting for jobs, or trying again for ever.
 */
class NotAllowedTest {

  private static final Duration BOUND = Duration.ofSeconds(10);

  @Test
  void aWorkerOnThePortOfAdministratorsFailsWithTheReason() {
    JobServer.Bound server = JobServer.create().port(0).adminPort(0).bind().block(BOUND);
    try {
      int port = ((InetSocketAddress) server.adminAddress()).getPort();
      GearmanWorker.builder(new ServerAddress("127.0.0.1", port))
          .function("f", JobFunction.ofMono(job -> Mono.empty()))
          .build()
          .run()
          .as(StepVerifier::create)
          .expectErrorSatisfies(
              error ->
                  assertThat(error)
                      .isInstanceOf(ServerErrorException.class)
                      .hasMessageContainingAll(
                          "127.0.0.1:" + port, "NOT_ALLOWED", "CAN_DO needs the role WORKER"))
          .verify(BOUND);
    } finally {
      server.disposeNow(BOUND);
    }
  }
}

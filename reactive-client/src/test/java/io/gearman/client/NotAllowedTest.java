// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobHandle;
import io.gearman.ServerErrorException;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.test.StepVerifier;

/** A client where none may be: each request says so. */
class NotAllowedTest {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private final JobServer.Bound server =
      JobServer.create().port(0).adminPort(0).bind().block(BOUND);
  private final ServerAddress administrators =
      new ServerAddress("127.0.0.1", ((InetSocketAddress) server.adminAddress()).getPort());
  private final GearmanClient client = GearmanClient.builder(administrators).build();

  @AfterEach
  void stop() {
    client.dispose();
    server.disposeNow(BOUND);
  }

  private static void fails(Publisher<?> request, String type) {
    StepVerifier.create(request)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(ServerErrorException.class)
                    .hasMessageContainingAll("NOT_ALLOWED", type + " needs the role CLIENT"))
        .verify(BOUND);
  }

  @Test
  void everyRequestOnThePortOfAdministratorsFailsWithTheReason() {
    byte[] workload = {};
    fails(client.call("f", workload), "SUBMIT_JOB");
    fails(client.stream("f", workload), "SUBMIT_JOB");
    fails(client.enqueue(JobRequest.of("f", workload)), "SUBMIT_JOB_BG");
    fails(client.status(new JobHandle(administrators.toString(), "H:1")), "GET_STATUS");
  }
}

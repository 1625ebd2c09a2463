// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ServerErrorException;
import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import io.gearman.transport.ConnectionSettings;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** Limits and the port for administrators, where there is TLS. */
class TlsLimitsTest extends TlsFixture {

  @Test
  void whoDoesNotBeginItsHandshakeTakesAPlaceAllTheSame() {
    int port = start(JobServer.create().tls(TestTls.server()).maxConnections(1)).port();
    try (WireClient silent = WireClient.connect(HOST, port)) {
      try (WireClient refused = WireClient.connect(HOST, port)) {
        refused.expectClosed();
      }
      silent.command("version").expectClosed(); // it is no TLS, and was waited for until now
    }
  }

  @Test
  void administratorsHaveTheSameTls() {
    JobServer.Bound server = start(JobServer.create().tls(TestTls.server()).adminPort(0));
    int port = ((InetSocketAddress) server.adminAddress()).getPort();
    serves(port, trusting());
    fails(admin(port, ConnectionSettings.defaults()).version(), "before its answer");
    StepVerifier.create(version(server.port(), trusting()))
        .expectError(ServerErrorException.class)
        .verify(BOUND);
  }

  @Test
  void oneTooManyIsCountedAsThatAlone() {
    JobServer.Bound server = start(JobServer.create().tls(TestTls.server()).maxConnections(1));
    try (WireClient silent = WireClient.connect(HOST, server.port());
        WireClient refused = WireClient.connect(HOST, server.port())) {
      refused.expectClosed();
      StepVerifier.create(server.snapshot())
          .assertNext(
              now ->
                  assertThat(now.departed())
                      .containsEntry(Departure.REFUSED, 1L)
                      .containsEntry(Departure.NO_TLS, 0L))
          .expectComplete()
          .verify(BOUND);
      silent.command("version").expectClosed();
    }
  }
}

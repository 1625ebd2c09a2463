// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.admin.AdminClient;
import io.gearman.testkit.TestTls;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.TlsSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Servers with TLS, and who asks them for their version. */
abstract class TlsFixture {

  static final Duration BOUND = Duration.ofSeconds(20);
  static final String HOST = "127.0.0.1";

  private final List<JobServer.Bound> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.disposeNow(BOUND));
  }

  final JobServer.Bound start(TlsSettings tls) {
    return start(JobServer.create().tls(tls));
  }

  final JobServer.Bound start(JobServer settings) {
    JobServer.Bound server = settings.port(0).bind().block(BOUND);
    servers.add(server);
    return server;
  }

  static TlsSettings trusting() {
    return TlsSettings.defaults().withAuthorities(TestTls.authority().certificate());
  }

  static AdminClient admin(int port, ConnectionSettings settings) {
    return AdminClient.create(new ServerAddress(HOST, port), settings);
  }

  static Mono<String> version(int port, TlsSettings tls) {
    return admin(port, ConnectionSettings.defaults().withTls(tls)).version();
  }

  static void serves(int port, TlsSettings tls) {
    StepVerifier.create(version(port, tls)).expectNextCount(1).expectComplete().verify(BOUND);
  }

  /** The error says why. */
  static void fails(Mono<String> version, String why) {
    StepVerifier.create(version)
        .expectErrorSatisfies(
            error ->
                assertThat(error).isInstanceOf(ConnectionException.class).hasMessageContaining(why))
        .verify(BOUND);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gearman.testkit.TestAuthority;
import io.gearman.testkit.TestAuthority.Identity;
import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** New files, the same server. */
class TlsReloadTest extends TlsFixture {

  private static final TestAuthority NEXT = TestAuthority.create("next");

  private final Identity files = TestTls.authority().issue("CN=reloaded", HOST);
  private final TlsSettings old = trusting();
  private final TlsSettings next = old.withAuthorities(NEXT.certificate());
  private JobServer.Bound server;

  @BeforeEach
  void start() {
    server = start(TestTls.with(files));
  }

  private void replaceFiles() throws IOException {
    Identity replacement = NEXT.issue("CN=replacement", HOST);
    Files.copy(replacement.certificate(), files.certificate(), REPLACE_EXISTING);
    Files.copy(replacement.key(), files.key(), REPLACE_EXISTING);
  }

  @Test
  void newConnectionsSeeTheNewFilesAndOldOnesLiveOn() throws IOException {
    var sessions = TestTls.sockets(old); // by one of which it could come back
    try (WireClient before = WireClient.connect(HOST, server.port(), sessions)) {
      before.request(ECHO_REQ, "").receive(ECHO_RES);
      replaceFiles();
      WireClient.connect(HOST, server.port(), sessions).request(ECHO_REQ, "").close();
      StepVerifier.create(server.reloadTls()).expectComplete().verify(BOUND);
      assertThatThrownBy(
              () -> WireClient.connect(HOST, server.port(), sessions).request(ECHO_REQ, ""))
          .rootCause()
          .hasMessageContaining("unable to find valid certification path");
      serves(server.port(), next);
      before.request(ECHO_REQ, "").receive(ECHO_RES);
    }
  }

  @Test
  void badFilesLeaveTheOldOnesInForce() throws IOException {
    Files.writeString(files.key(), "no key");
    StepVerifier.create(server.reloadTls())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("The TLS key file " + files.key() + " has no"))
        .verify(BOUND);
    serves(server.port(), old);
  }

  @Test
  void withoutTlsThereIsNothingToReload() {
    StepVerifier.create(start(JobServer.create()).reloadTls()).expectComplete().verify(BOUND);
  }

  @Test
  void aClientReadsItsFilesForEachConnection() throws IOException {
    Path authorities =
        Files.copy(TestTls.authority().certificate(), NEXT.file("copy.pem"), REPLACE_EXISTING);
    var client =
        admin(
            server.port(),
            ConnectionSettings.defaults()
                .withTls(TlsSettings.defaults().withAuthorities(authorities)));
    StepVerifier.create(client.version()).expectNextCount(1).verifyComplete();
    Files.writeString(authorities, "renewed halfway");
    fails(client.version(), "The TLS authorities file " + authorities + " has no certificate");
    Files.copy(NEXT.certificate(), authorities, REPLACE_EXISTING);
    fails(client.version(), "unable to find valid certification path");
    replaceFiles();
    StepVerifier.create(server.reloadTls()).expectComplete().verify(BOUND);
    StepVerifier.create(client.version()).expectNextCount(1).verifyComplete();
  }
}

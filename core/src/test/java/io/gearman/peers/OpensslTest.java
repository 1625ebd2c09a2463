// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.JobServer;
import io.gearman.testkit.InstalledCondition;
import io.gearman.testkit.PeerProcess;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.TestAuthority;
import io.gearman.testkit.TestAuthority.Identity;
import io.gearman.testkit.TestTls;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The TLS that most clients of others are built on; it checks the server, and is checked. */
@ExtendWith(OpensslTest.Openssl.class)
class OpensslTest {

  private final Identity client = TestTls.authority().issue("CN=openssl");

  @RegisterExtension
  final RunningServer server =
      RunningServer.embedded(
          JobServer.create()
              .tls(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED)));

  /** Decides about these tests. */
  static final class Openssl extends InstalledCondition {

    /** Called by JUnit. */
    Openssl() {
      super(
          "openssl",
          "package openssl",
          () -> PeerProcess.succeeds(Map.of(), List.of("openssl", "version")));
    }
  }

  private List<String> command(String protocol, Identity identity) {
    return List.of(
        "openssl",
        "s_client",
        "-quiet",
        "-verify_return_error",
        protocol,
        "-connect",
        server.address().toString(),
        "-verify_ip",
        server.address().host(),
        "-CAfile",
        TestTls.authority().certificate().toString(),
        "-cert",
        identity.certificate().toString(),
        "-key",
        identity.key().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void itAsksForTheVersion(String protocol) {
    try (PeerProcess openssl = PeerProcess.start(Map.of(), command(protocol, client))) {
      openssl.writeLine("version");
      assertThat(openssl.awaitLine()).startsWith("OK ");
    }
  }

  /** Unlike Java it shows whatever certificate it has. */
  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void itIsRefusedWithTheCertificateOfAnotherAuthority(String protocol) {
    Identity stranger = TestAuthority.create("stranger").issue("CN=openssl");
    try (PeerProcess openssl = PeerProcess.start(Map.of(), command(protocol, stranger))) {
      assertThat(openssl.awaitEnd()).isEmpty();
      assertThat(openssl).asString().contains("alert certificate unknown");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;

import io.gearman.ConnectionException;
import io.gearman.admin.AdminClient;
import io.gearman.testkit.TestAuthority;
import io.gearman.testkit.TestAuthority.Identity;
import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.TlsSettings;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

/** Who does not come together, and what the client hears of it. */
class TlsRefusalTest extends TlsFixture {

  private static final TestAuthority STRANGER = TestAuthority.create("stranger");

  private static TlsSettings identity(Identity identity) {
    return TestTls.with(identity);
  }

  /** Why is not always heard: the server closes the connection while more is on its way to it. */
  private static void refused(int port, TlsSettings client) {
    StepVerifier.create(version(port, client)).expectError(ConnectionException.class).verify(BOUND);
  }

  @Test
  void aServerOfAnotherAuthorityIsNotTrusted() {
    int port = start(TestTls.server()).port();
    String why = "unable to find valid certification path";
    fails(version(port, trusting().withAuthorities(STRANGER.certificate())), why);
    fails(version(port, TlsSettings.defaults()), why); // nor does the JVM know it
  }

  @Test
  void aServerMustHaveTheAddressItIsConnectedBy() {
    Identity elsewhere =
        TestTls.authority().issue("CN=elsewhere", "elsewhere.example", "127.0.0.2");
    int port = start(identity(elsewhere)).port();
    fails(version(port, trusting()), "No subject alternative names matching IP address 127.0.0.1");
  }

  @Test
  void aServerMustHaveTheNameItIsConnectedBy() {
    Identity elsewhere = TestTls.authority().issue("CN=localhost", "elsewhere.example", HOST);
    int port = start(identity(elsewhere)).port();
    ServerAddress named = new ServerAddress("localhost", port);
    ConnectionSettings settings = ConnectionSettings.defaults().withTls(trusting());
    fails(
        AdminClient.create(named, settings).version(),
        "No subject alternative DNS name matching localhost found");
  }

  @Test
  void anExpiredServerIsNotTrusted() {
    int port = start(identity(TestTls.authority().issueExpired("CN=expired", HOST))).port();
    fails(version(port, trusting()), "NotAfter");
  }

  @Test
  void aClientWithoutCertificateIsRefusedIfOneIsRequired() {
    int port =
        start(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED)).port();
    refused(port, trusting());
    serves(port, TestTls.client());
  }

  @Test
  void aClientOfAnotherAuthorityIsRefusedIfACertificateIsRequired() {
    int port =
        start(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED)).port();
    Identity unknown = STRANGER.issue("CN=unknown");
    refused(port, trusting().withIdentity(unknown.certificate(), unknown.key()));
  }

  @ParameterizedTest
  @EnumSource(names = {"OPTIONAL", "REQUIRED"})
  void anExpiredClientIsRefusedWhereCertificatesMatter(ClientAuthentication asked) {
    int port = start(TestTls.server().withClientAuthentication(asked)).port();
    Identity expired = TestTls.authority().issueExpired("CN=expired");
    refused(port, TestTls.with(expired));
  }

  @Test
  void aClientMayHaveNoCertificateIfItIsOptional() {
    int port =
        start(TestTls.server().withClientAuthentication(ClientAuthentication.OPTIONAL)).port();
    serves(port, trusting());
    serves(port, TestTls.client());
  }

  @Test
  void aClientWithoutTlsLosesItsConnectionAndNoOther() {
    int port = start(TestTls.server()).port();
    try (WireClient other = WireClient.connect(HOST, port, TestTls.sockets(trusting()))) {
      other.request(ECHO_REQ, "").receive(ECHO_RES);
      fails(admin(port, ConnectionSettings.defaults()).version(), "before its answer");
      other.request(ECHO_REQ, "").receive(ECHO_RES);
    }
  }

  @Test
  void aServerWithoutTlsClosesTheConnectionOfAClientWithAndNoOther() {
    int port = start(JobServer.create()).port();
    try (WireClient other = WireClient.connect(HOST, port)) {
      other.request(ECHO_REQ, "").receive(ECHO_RES);
      fails(
          version(port, trusting().withHandshakeTimeout(Duration.ofMinutes(1))),
          "TLS failed: Connection closed while SSL/TLS handshake was in progress");
      other.request(ECHO_REQ, "").receive(ECHO_RES);
    }
  }

  @Test
  void aServerThatIsSilentIsLeftAtTheTimeout() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      fails(
          version(silent.getLocalPort(), trusting().withHandshakeTimeout(Duration.ofMillis(100))),
          "handshake timed out after 100ms");
    }
  }
}

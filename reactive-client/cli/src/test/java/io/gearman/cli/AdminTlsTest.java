// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.JobServer;
import io.gearman.testkit.TestAuthority;
import io.gearman.testkit.TestAuthority.Identity;
import io.gearman.testkit.TestTls;
import io.gearman.transport.TlsSettings;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code gearman admin --ssl} and servers with and without TLS. */
class AdminTlsTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final String CA = "--ssl-ca-file=" + TestTls.authority().certificate();

  private final Cli cli = new Cli();
  private JobServer.Bound server;

  @AfterEach
  void stop() {
    server.disposeNow(BOUND);
  }

  private void start(TlsSettings tls) {
    server = JobServer.create().port(0).tls(tls).bind().block(BOUND);
  }

  private int run(String... words) {
    List<String> all =
        new ArrayList<>(List.of("admin", "--server-version", "-p", "" + server.port()));
    all.addAll(List.of(words));
    return cli.run(all.toArray(String[]::new));
  }

  private void fails(String reason, String... words) {
    assertThat(run(words)).isEqualTo(1);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0))
        .startsWith("gearman admin: cannot connect to 127.0.0.1:" + server.port() + ": ")
        .contains(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-S", "--ssl"})
  void asksAServerThatItsAuthorityVouchesFor(String option) {
    start(TestTls.server());

    assertThat(run(option, CA)).as("exit code; %s", cli.err()).isZero();
    assertThat(cli.out()).isNotBlank();
  }

  @Test
  void theEnvironmentNamesTheFiles() {
    start(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED));
    Identity identity = TestTls.authority().issue("CN=admin");
    cli.environment.put("GEARMAND_CA_CERTIFICATE", TestTls.authority().certificate().toString());
    cli.environment.put("GEARMAN_CLIENT_PEM", identity.certificate().toString());
    cli.environment.put("GEARMAN_CLIENT_KEY", identity.key().toString());

    assertThat(run("-S")).as("exit code; %s", cli.err()).isZero();
  }

  @Test
  void optionsNameTheFiles() {
    start(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED));
    Identity identity = TestTls.authority().issue("CN=admin");
    cli.environment.put("GEARMAND_CA_CERTIFICATE", "/nowhere");

    int exitCode =
        run("-S", CA, "--ssl-certificate=" + identity.certificate(), "--ssl-key=" + identity.key());

    assertThat(exitCode).as("exit code; %s", cli.err()).isZero();
  }

  @Test
  void aServerOfAnUnknownAuthorityIsRefused() {
    start(TestTls.server());

    fails("TLS failed: unable to find valid certification path to requested target", "-S");
  }

  @Test
  void aServerOfAnotherHostIsRefused() {
    start(TestTls.with(TestTls.authority().issue("CN=elsewhere", "elsewhere.example")));

    fails("TLS failed: No subject alternative names matching IP address 127.0.0.1", "-S", CA);
  }

  @Test
  void aServerWhoseCertificateHasExpiredIsRefused() {
    start(TestTls.with(TestTls.authority().issueExpired("CN=expired", "127.0.0.1")));

    fails("TLS failed: NotAfter: ", "-S", CA);
  }

  @Test
  void aServerWithoutTlsIsNamedAsSuch() {
    server = JobServer.create().port(0).bind().block(BOUND);

    fails("the server does not speak TLS: ", "-S", CA);
  }

  @Test
  void withoutACertificateThatTheServerWantsItIsRefused() {
    start(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED));

    assertThat(run("-S", CA)).isEqualTo(1);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains("as one does that wants a certificate, or another: ");
  }

  /** Java does not even show it, since the server says whom it trusts. */
  @Test
  void withACertificateOfAnotherAuthorityItIsRefused() {
    start(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED));
    Identity stranger = TestAuthority.create("stranger").issue("CN=admin");

    int exitCode =
        run("-S", CA, "--ssl-certificate=" + stranger.certificate(), "--ssl-key=" + stranger.key());

    assertThat(exitCode).isEqualTo(1);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains("as one does that wants a certificate, or another: ");
  }

  @Test
  void withoutTlsAServerThatHasItClosesTheConnection() {
    start(TestTls.server());

    assertThat(run()).isEqualTo(1);
    assertThat(cli.err())
        .containsExactly(
            "gearman admin: 127.0.0.1:%d: the server closed the connection without an answer"
                .formatted(server.port()));
  }
}

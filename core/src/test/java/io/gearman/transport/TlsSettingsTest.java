// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gearman.testkit.TestAuthority.Identity;
import io.gearman.testkit.TestTls;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS is told, and the files it reads. */
class TlsSettingsTest {

  private static final TlsSettings DEFAULTS = TlsSettings.defaults();

  @TempDir Path folder;
  private final Identity good = TestTls.authority().issue("CN=good");

  private Path file(String text) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "tls", ".pem"), text);
  }

  private static void refused(TlsSettings settings, String message) {
    ConnectionSettings connection = ConnectionSettings.defaults();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> connection.withTls(settings))
        .withMessageStartingWith(message);
    if (settings.certificates() != null) {
      assertThatIllegalArgumentException()
          .isThrownBy(settings::serverContext)
          .withMessageStartingWith(message);
    }
  }

  private void keyIsRefused(Path key, String reason) {
    refused(
        DEFAULTS.withIdentity(good.certificate(), key), "The TLS key file " + key + ' ' + reason);
  }

  @Test
  void aFileThatDoesNotExistIsNamed() {
    Path none = folder.resolve("none.pem");
    keyIsRefused(none, "does not exist");
    refused(
        DEFAULTS.withIdentity(none, good.key()),
        "The TLS certificate file " + none + " does not exist");
    refused(DEFAULTS.withAuthorities(none), "The TLS authorities file " + none + " does not exist");
    refused(DEFAULTS.withAuthorities(folder), "The TLS authorities file " + folder + " cannot be");
  }

  @Test
  void aFileWithoutWhatIsLookedForIsNamed() throws IOException {
    Path text = file("no PEM at all");
    keyIsRefused(text, "has no private key in PEM form (BEGIN PRIVATE KEY)");
    keyIsRefused(good.certificate(), "has no private key in PEM form");
    refused(
        DEFAULTS.withIdentity(good.key(), good.key()),
        "The TLS certificate file " + good.key() + " has no certificate in PEM form");
    refused(
        DEFAULTS.withAuthorities(text),
        "The TLS authorities file " + text + " has no certificate in PEM form");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ENCRYPTED PRIVATE KEY | AAAA | begins with BEGIN ENCRYPTED PRIVATE KEY; openssl pkcs8",
        "EC PRIVATE KEY | AAAA | begins with BEGIN EC PRIVATE KEY; openssl pkcs8",
        "PRIVATE KEY | AAAA | has no EC key for the certificate of file",
        "PRIVATE KEY | A | has a key that is not base64",
      })
  void aKeyThatCannotBeReadIsNamedWithTheReason(String type, String content, String reason)
      throws IOException {
    String begin = "-----BEGIN " + type + "-----\n";
    keyIsRefused(file(begin + content + "\n-----END " + type + "-----\n"), reason);
  }

  @Test
  void aDamagedCertificateIsNamed() throws IOException {
    Path damaged = file("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    refused(
        DEFAULTS.withAuthorities(damaged),
        "The TLS authorities file " + damaged + " has a certificate that cannot be read");
  }

  @Test
  void theKeyOfAnotherCertificateDoesNotFit() {
    keyIsRefused(
        TestTls.authority().issue("CN=other").key(),
        "does not fit the certificate of file " + good.certificate());
  }

  @Test
  void aKeyOfAnotherKindIsNamed() throws Exception {
    Path other = file(made(Algorithm.rsa2048).getPrivateKeyPEM());
    keyIsRefused(other, "has no EC key for the certificate of file " + good.certificate());
  }

  @ParameterizedTest
  @EnumSource(names = {"ecp256", "ecp384", "rsa2048", "ed25519"})
  void keysOfTheUsualKindsAreRead(Algorithm algorithm) throws Exception {
    X509Bundle made = made(algorithm);
    TlsSettings settings =
        DEFAULTS.withIdentity(file(made.getCertificatePEM()), file(made.getPrivateKeyPEM()));
    assertThatCode(settings::serverContext).doesNotThrowAnyException();
  }

  private static X509Bundle made(Algorithm algorithm) throws Exception {
    return new CertificateBuilder()
        .subject("CN=made")
        .algorithm(algorithm)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  @Test
  void oneFileMayHaveTheCertificateItsKeyAndWordsBetween() throws IOException {
    Path both =
        file(
            "Subject: good\n"
                + Files.readString(good.certificate())
                + "Key:\n"
                + Files.readString(good.key()));
    TlsSettings settings = DEFAULTS.withIdentity(both, both);
    assertThatCode(settings::serverContext).doesNotThrowAnyException();
    assertThatCode(settings::clientContext).doesNotThrowAnyException();
  }

  @Test
  void aServerNeedsACertificateAndAuthoritiesForThoseOfItsClients() {
    assertThatIllegalArgumentException()
        .isThrownBy(DEFAULTS::serverContext)
        .withMessage("A server with TLS needs a certificate and its key");
    TlsSettings asking =
        DEFAULTS
            .withIdentity(good.certificate(), good.key())
            .withClientAuthentication(ClientAuthentication.OPTIONAL);
    assertThatIllegalArgumentException()
        .isThrownBy(asking::serverContext)
        .withMessage(
            "A server that asks for client certificates needs authorities that vouch for them");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT2147483.648S"})
  void handshakeTimeoutsOutOfRangeAreRefused(Duration timeout) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.withHandshakeTimeout(timeout))
        .withMessage("handshakeTimeout must be 1 ms to 2147483647 ms, not " + timeout);
  }

  @Test
  void theEnvironmentNamesTheFiles() {
    Map<String, String> environment =
        Map.of(
            "GEARMAND_CA_CERTIFICATE", "ca",
            "GEARMAN_CLIENT_PEM", "client.pem",
            "GEARMAN_CLIENT_KEY", "client.key");
    assertThat(TlsSettings.fromClientEnvironment(environment))
        .isEqualTo(
            DEFAULTS
                .withAuthorities(Path.of("ca"))
                .withIdentity(Path.of("client.pem"), Path.of("client.key")));
    assertThat(TlsSettings.fromClientEnvironment(Map.of("GEARMAND_CA_CERTIFICATE", "")))
        .isEqualTo(DEFAULTS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TlsSettings.fromClientEnvironment(Map.of("GEARMAN_CLIENT_KEY", "k")))
        .withMessage(
            "TLS certificates and their key go together: certificates are null, the key is k");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.TestAuthority.Identity;
import io.gearman.testkit.TestTls;
import io.gearman.transport.TlsSettings;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gearman server --ssl}, as far as it is words and files. */
class ServerTlsTest {

  private static final String AUTHORITY = TestTls.authority().certificate().toString();
  private static final Identity IDENTITY = TestTls.authority().issue("CN=cli");
  private static final String CERTIFICATE = IDENTITY.certificate().toString();
  private static final String KEY = IDENTITY.key().toString();

  private final Cli cli = new Cli();

  private TlsSettings started(String... words) {
    List<String> all = new ArrayList<>(List.of("server"));
    all.addAll(List.of(words));
    assertThat(cli.run(all.toArray(String[]::new))).as("exit code; %s", cli.err()).isZero();
    assertThat(cli.started).hasSize(1);
    return (TlsSettings) Settings.of(cli.started.get(0), "tls");
  }

  private void refused(String message, String... words) {
    List<String> all = new ArrayList<>(List.of("server", "--check-args"));
    all.addAll(List.of(words));
    assertThat(cli.run(all.toArray(String[]::new))).isEqualTo(1);
    assertThat(cli.err()).hasSize(2);
    assertThat(cli.err().get(0)).isEqualTo("gearman server: " + message);
  }

  @Test
  void withoutItsOptionThereIsNoTlsWhateverTheEnvironmentSays() {
    cli.environment.put("GEARMAND_SERVER_PEM", CERTIFICATE);

    assertThat(started()).isNull();
    assertThat(cli.started.get(0).tls()).isFalse();
  }

  @Test
  void optionsNameTheFiles() {
    TlsSettings settings =
        started(
            "--ssl",
            "--ssl-ca-file=" + AUTHORITY,
            "--ssl-certificate=" + CERTIFICATE,
            "--ssl-key=" + KEY);

    assertThat(settings)
        .isEqualTo(
            TlsSettings.defaults()
                .withAuthorities(Path.of(AUTHORITY))
                .withIdentity(IDENTITY.certificate(), IDENTITY.key()));
    assertThat(cli.started.get(0).tls()).isTrue();
  }

  @Test
  void theEnvironmentNamesWhatOptionsDoNot() {
    cli.environment.put("GEARMAND_CA_CERTIFICATE", AUTHORITY);
    cli.environment.put("GEARMAND_SERVER_PEM", CERTIFICATE);
    cli.environment.put("GEARMAND_SERVER_KEY", "/nowhere");

    TlsSettings settings = started("--ssl", "--ssl-key", KEY);

    assertThat(settings.authorities()).hasToString(AUTHORITY);
    assertThat(settings.certificates()).hasToString(CERTIFICATE);
    assertThat(settings.key()).hasToString(KEY);
  }

  @ParameterizedTest
  @CsvSource({"none, NONE", "optional, OPTIONAL", "required, REQUIRED"})
  void clientsMayBeAskedForCertificates(String word, ClientAuthentication asked) {
    TlsSettings settings =
        started(
            "--ssl",
            "--ssl-ca-file=" + AUTHORITY,
            "--ssl-certificate=" + CERTIFICATE,
            "--ssl-key=" + KEY,
            "--ssl-client-auth=" + word,
            "--ssl-handshake-timeout=7s");

    assertThat(settings.clientAuthentication()).isEqualTo(asked);
    assertThat(settings.handshakeTimeout()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void certificatesMayNameRoles() {
    started(
        "--ssl",
        "--ssl-ca-file=" + AUTHORITY,
        "--ssl-certificate=" + CERTIFICATE,
        "--ssl-key=" + KEY,
        "--ssl-client-auth=required",
        "--ssl-roles");

    assertThat(Settings.of(cli.started.get(0), "rolesByCertificate")).isEqualTo(true);
  }

  @Test
  void rolesNeedCertificates() {
    refused(
        "--ssl-roles needs --ssl-client-auth=required",
        "--ssl",
        "--ssl-ca-file=" + AUTHORITY,
        "--ssl-certificate=" + CERTIFICATE,
        "--ssl-key=" + KEY,
        "--ssl-client-auth=optional",
        "--ssl-roles");
    assertThat(new Cli().run("server", "--check-args", "--ssl-roles")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "--ssl-ca-file, x",
    "--ssl-certificate, x",
    "--ssl-key, x",
    "--ssl-client-auth, none",
    "--ssl-handshake-timeout, 1s"
  })
  void withoutTlsItsOptionsAreRefused(String option, String value) {
    refused(option + " needs --ssl", option, value);
  }

  @Test
  void aServerNeedsACertificateAndItsKey() {
    refused(
        "--ssl needs --ssl-certificate and --ssl-key,"
            + " or $GEARMAND_SERVER_PEM and $GEARMAND_SERVER_KEY",
        "--ssl");
  }

  @Test
  void aCertificateNeedsItsKey() {
    refused(
        "--ssl-certificate (or $GEARMAND_SERVER_PEM) and --ssl-key (or $GEARMAND_SERVER_KEY)"
            + " go together",
        "--ssl",
        "--ssl-certificate=" + CERTIFICATE);
  }

  @Test
  void certificatesOfClientsNeedAnAuthority() {
    refused(
        "--ssl-client-auth needs --ssl-ca-file or $GEARMAND_CA_CERTIFICATE: who may vouch for"
            + " clients",
        "--ssl",
        "--ssl-certificate=" + CERTIFICATE,
        "--ssl-key=" + KEY,
        "--ssl-client-auth=required");
  }

  @ParameterizedTest
  @CsvSource({
    "--ssl-client-auth=yes, Invalid value for option '--ssl-client-auth': 'yes' is none of none; optional; required",
    "--ssl-handshake-timeout=0s, --ssl-handshake-timeout must be 1 ms to 2147483647 ms; not PT0S"
  })
  void badValuesAreRefused(String option, String message) {
    refused(
        message.replace(';', ','),
        "--ssl",
        "--ssl-certificate=" + CERTIFICATE,
        "--ssl-key=" + KEY,
        option);
  }

  @Test
  void badFilesAreNamedWithTheReason(@TempDir Path folder) throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.pem"));

    refused(
        "The TLS certificate file " + empty + " has no certificate in PEM form (BEGIN CERTIFICATE)",
        "--ssl",
        "--ssl-certificate=" + empty,
        "--ssl-key=" + KEY);
  }

  @Test
  void badFilesThatAConfigurationFileNamesAreItsMistake(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("gearmand.conf"), "--ssl --ssl-certificate=/nowhere/c --ssl-key=" + KEY);

    refused(file + ": The TLS certificate file /nowhere/c does not exist", "--config-file=" + file);
  }
}

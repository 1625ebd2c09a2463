// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.server.JobServer;
import io.gearman.transport.TlsSettings;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import java.time.Duration;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options about TLS of {@code gearman server}. */
final class ServerTlsOptions extends TlsOptions {

  @Option(
      names = "--ssl",
      description =
          "Speak TLS on all connections, and nothing else. Files that no option names are those of"
              + " $GEARMAND_SERVER_PEM, $GEARMAND_SERVER_KEY and $GEARMAND_CA_CERTIFICATE; SIGHUP"
              + " reads them again.")
  boolean ssl;

  @Option(
      names = "--ssl-client-auth",
      paramLabel = "WHO",
      converter = ClientAuthenticationConverter.class,
      description = "Who needs a certificate to be served: none (default), optional or required.")
  private @Nullable ClientAuthentication clientAuthentication;

  @Option(
      names = "--ssl-handshake-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "When a connection is closed that has not ended its handshake; 10s.")
  private @Nullable Duration handshakeTimeout;

  @Option(
      names = "--ssl-roles",
      description =
          "Let a connection be only what the organizational units (OU) of its certificate say:"
              + " client, worker, admin.")
  private boolean roles;

  /** The words of a user for what is asked of clients. */
  static final class ClientAuthenticationConverter implements ITypeConverter<ClientAuthentication> {

    @Override
    public ClientAuthentication convert(String word) {
      for (ClientAuthentication asked : ClientAuthentication.values()) {
        if (asked.name().toLowerCase(Locale.ROOT).equals(word)) {
          return asked;
        }
      }
      throw new TypeConversionException("'" + word + "' is none of none, optional, required");
    }
  }

  ServerTlsOptions() {
    super("GEARMAND_SERVER_PEM", "GEARMAND_SERVER_KEY");
  }

  /**
   * A server with them, whose files are good.
   *
   * @throws IllegalArgumentException naming the option or the file and what is wrong with it
   */
  JobServer applyTo(JobServer server, UnaryOperator<@Nullable String> environment) {
    if (!ssl) {
      checkUnused();
      checkUnused("--ssl-client-auth", clientAuthentication);
      checkUnused("--ssl-handshake-timeout", handshakeTimeout);
      checkUnused("--ssl-roles", roles ? roles : null);
      return server;
    }
    TlsSettings tls = files(environment);
    if (tls.key() == null) {
      throw new IllegalArgumentException(
          "--ssl needs --ssl-certificate and --ssl-key,"
              + " or $GEARMAND_SERVER_PEM and $GEARMAND_SERVER_KEY");
    }
    tls =
        ServerSetup.with(
            tls, "--ssl-handshake-timeout", handshakeTimeout, TlsSettings::withHandshakeTimeout);
    if (clientAuthentication != null) {
      tls = tls.withClientAuthentication(clientAuthentication);
    }
    if (tls.clientAuthentication() != ClientAuthentication.NONE && tls.authorities() == null) {
      throw new IllegalArgumentException(
          "--ssl-client-auth needs --ssl-ca-file or $GEARMAND_CA_CERTIFICATE: who may vouch for"
              + " clients");
    }
    if (roles && tls.clientAuthentication() != ClientAuthentication.REQUIRED) {
      throw new IllegalArgumentException("--ssl-roles needs --ssl-client-auth=required");
    }
    tls.serverContext();
    return server.tls(tls).rolesByCertificate(roles);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.transport.TlsSettings;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options about TLS of those who connect to a server. */
final class ClientTlsOptions extends TlsOptions {

  @Option(
      names = {"-S", "--ssl"},
      description =
          "Connect by TLS to a server whose certificate is good and names the host. Files that no"
              + " option names are those of $GEARMAN_CLIENT_PEM, $GEARMAN_CLIENT_KEY and"
              + " $GEARMAND_CA_CERTIFICATE; without the last the authorities of the JVM count.")
  private boolean ssl;

  ClientTlsOptions() {
    super("GEARMAN_CLIENT_PEM", "GEARMAN_CLIENT_KEY");
  }

  /**
   * How TLS is spoken, or null if it is not.
   *
   * @throws IllegalArgumentException naming the option and what is wrong with it
   */
  @Nullable TlsSettings settings(UnaryOperator<@Nullable String> environment) {
    if (ssl) {
      return files(environment);
    }
    checkUnused();
    return null;
  }

  /**
   * As {@link #settings}; but authorities that the environment names ask for TLS as well, as they
   * do with Debian's gearman, and gearadmin takes no notice of them.
   */
  @Nullable TlsSettings settingsOrThoseOf(UnaryOperator<@Nullable String> environment) {
    return ssl || namesAuthorities(environment) ? files(environment) : settings(environment);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.transport.TlsSettings;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The files of TLS. What an option does not name the environment may; there are no files that are
 * looked for by themselves.
 */
abstract class TlsOptions {

  private static final String CA_VARIABLE = "GEARMAND_CA_CERTIFICATE";

  private final String certificateVariable;
  private final String keyVariable;

  @Option(
      names = "--ssl-ca-file",
      paramLabel = "FILE",
      converter = PathConverter.class,
      description = "PEM file of the authorities that vouch for the other side.")
  private @Nullable Path caFile;

  @Option(
      names = "--ssl-certificate",
      paramLabel = "FILE",
      converter = PathConverter.class,
      description = "PEM file of the certificate, followed by those that lead to an authority.")
  private @Nullable Path certificate;

  @Option(
      names = "--ssl-key",
      paramLabel = "FILE",
      converter = PathConverter.class,
      description = "PEM file of its key: PKCS#8, not encrypted.")
  private @Nullable Path key;

  /**
   * @param certificateVariable what the environment calls the certificate
   * @param keyVariable what it calls the key
   */
  TlsOptions(String certificateVariable, String keyVariable) {
    this.certificateVariable = certificateVariable;
    this.keyVariable = keyVariable;
  }

  /** What is given of TLS must not be passed over where TLS is not asked for. */
  void checkUnused() {
    checkUnused("--ssl-ca-file", caFile);
    checkUnused("--ssl-certificate", certificate);
    checkUnused("--ssl-key", key);
  }

  static void checkUnused(String option, @Nullable Object value) {
    if (value != null) {
      throw new IllegalArgumentException(option + " needs --ssl");
    }
  }

  static boolean namesAuthorities(UnaryOperator<@Nullable String> environment) {
    String authorities = environment.apply(CA_VARIABLE);
    return authorities != null && !authorities.isEmpty();
  }

  /** The files of the options, and those of the environment where there is no option. */
  final TlsSettings files(UnaryOperator<@Nullable String> environment) {
    Path authorities = file(caFile, CA_VARIABLE, environment);
    Path chain = file(certificate, certificateVariable, environment);
    Path keyOfChain = file(key, keyVariable, environment);
    TlsSettings settings = TlsSettings.defaults();
    if (authorities != null) {
      settings = settings.withAuthorities(authorities);
    }
    if (chain != null && keyOfChain != null) {
      return settings.withIdentity(chain, keyOfChain);
    }
    if (chain != null || keyOfChain != null) {
      throw new IllegalArgumentException(
          "--ssl-certificate (or $%s) and --ssl-key (or $%s) go together"
              .formatted(certificateVariable, keyVariable));
    }
    return settings;
  }

  private static @Nullable Path file(
      @Nullable Path option, String variable, UnaryOperator<@Nullable String> environment) {
    String value = environment.apply(variable);
    return option != null || value == null || value.isEmpty() ? option : Path.of(value);
  }
}

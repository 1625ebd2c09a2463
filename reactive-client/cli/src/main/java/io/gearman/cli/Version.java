// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest names. */
final class Version implements IVersionProvider {

  static String line() {
    return "gearman "
        + Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
            .orElse("development");
  }

  @Override
  public String[] getVersion() {
    return new String[] {line()};
  }
}

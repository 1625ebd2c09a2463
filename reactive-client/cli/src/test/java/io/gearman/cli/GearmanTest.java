// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GearmanTest {

  private final Cli cli = new Cli();

  @Test
  void withoutWordsItPrintsItsHelp() {
    assertThat(cli.run()).isZero();
    assertThat(cli.out()).startsWith("Usage: gearman").contains("server", "admin");
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void versionNamesTheProgram() {
    assertThat(cli.run("--version")).isZero();
    assertThat(cli.out()).startsWith("gearman ");
  }

  @Test
  void unknownCommandIsRefused() {
    assertThat(cli.run("serve")).isEqualTo(1);
    assertThat(cli.err())
        .containsExactly("gearman: 'serve' is not a command", "Try 'gearman --help'");
  }

  @Test
  void filesOfArgumentsAreNotRead() {
    assertThat(cli.run("@/etc/hostname")).isEqualTo(1);
    assertThat(cli.err()).contains("gearman: '@/etc/hostname' is not a command");
  }
}

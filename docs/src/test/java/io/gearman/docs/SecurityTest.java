// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.security.Deed;
import io.gearman.security.HttpDeed;
import io.gearman.security.HttpSetup;
import io.gearman.security.Setup;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of what strangers can do is the one that is tested. */
class SecurityTest {

  private static final String PAGE = Repository.read("docs/operations/security.md");

  @Test
  void everySetupHasAColumn() {
    String columns =
        Arrays.stream(Setup.values())
            .map(setup -> "`" + setup + "`")
            .collect(Collectors.joining(" | "));
    assertThat(PAGE).contains("| can a stranger | " + columns + " |");
  }

  @ParameterizedTest
  @EnumSource
  void everyDeedHasARowThatSaysWhatIsTested(Deed deed) {
    String cells =
        Arrays.stream(Setup.values())
            .map(setup -> deed.isPossible(setup) ? "yes" : "no")
            .collect(Collectors.joining(" | "));
    assertThat(PAGE).contains("| `" + deed + "` | " + cells + " |");
  }

  @Test
  void everySetupOfHttpHasAColumn() {
    String columns =
        Arrays.stream(HttpSetup.values())
            .map(setup -> "`" + setup + "`")
            .collect(Collectors.joining(" | "));
    assertThat(PAGE).contains("| can a stranger, over HTTP | " + columns + " |");
  }

  @ParameterizedTest
  @EnumSource
  void everyDeedOverHttpHasARowThatSaysWhatIsTested(HttpDeed deed) {
    String cells =
        Arrays.stream(HttpSetup.values())
            .map(setup -> deed.isPossible(setup) ? "yes" : "no")
            .collect(Collectors.joining(" | "));
    assertThat(PAGE).contains("| `" + deed + "` | " + cells + " |");
  }
}

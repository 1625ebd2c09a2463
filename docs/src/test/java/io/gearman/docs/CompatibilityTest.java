// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.contract.Difference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of differences is the one that the contract tests. */
class CompatibilityTest {

  @ParameterizedTest
  @EnumSource
  void everyTestedDifferenceHasARow(Difference difference) {
    assertThat(Repository.read("docs/compatibility.md")).contains("| `" + difference + "` |");
  }

  @Test
  void thereAreNoOtherRows() {
    long rows =
        Repository.read("docs/compatibility.md")
            .lines()
            .filter(line -> line.startsWith("| `"))
            .count();
    assertThat(rows).isEqualTo(Difference.values().length);
  }
}

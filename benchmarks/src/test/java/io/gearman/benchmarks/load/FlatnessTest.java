// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.benchmarks.load.Verdict.Outcome;
import io.gearman.benchmarks.scale.Cost;
import org.junit.jupiter.api.Test;

class FlatnessTest {

  @Test
  void saysWhatLimitsACostThatIsNotFlat() {
    Verdict verdict = Flatness.verdict(new Cost("job beside many", 1.456, 1.3, false, "the cache"));

    assertThat(verdict.load()).isEqualTo("job beside many");
    assertThat(verdict.measured()).isEqualTo("1.46x, by the medians 1.30x");
    assertThat(verdict.wanted()).isEqualTo("at most 1.2x by the minima");
    assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_MET);
    assertThat(verdict.limit()).isEqualTo("the cache");
  }

  @Test
  void isMetByACostThatIsFlat() {
    assertThat(Flatness.verdict(new Cost("job", 1.1, 1.3, true, "")).outcome())
        .isEqualTo(Outcome.MET);
  }
}

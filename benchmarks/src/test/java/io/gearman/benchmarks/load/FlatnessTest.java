// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.benchmarks.load.Verdict.Outcome;
import org.junit.jupiter.api.Test;

class FlatnessTest {

  @Test
  void namesTheRowsThatAreNotFlatAndWhatLimitsThem() {
    Verdict verdict =
        Flatness.verdict(
            1,
            """
            job, 10,000 idle connections    |  0.91 |  1.05 | flat
            job, 10,000 functions           |  0.85 |  1.67 | NOT FLAT
            job behind 1,000,000            |  0.83 |  1.45 | NOT FLAT

            Not flat by the cache
            Not flat by the collector
            """);

    assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_MET);
    assertThat(verdict.measured())
        .isEqualTo("not flat: job, 10,000 functions; job behind 1,000,000");
    assertThat(verdict.limit()).isEqualTo("the cache; the collector");
  }

  @Test
  void isMetWhereAllRowsAreFlat() {
    Verdict verdict =
        Flatness.verdict(0, "job, 10,000 idle connections |  0.91 | flat (cheaper)\n");

    assertThat(verdict.outcome()).isEqualTo(Outcome.MET);
    assertThat(verdict.measured()).isEqualTo("all rows are flat");
    assertThat(verdict.limit()).isEmpty();
  }
}

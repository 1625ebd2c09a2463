// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComparisonTest {

  private final Comparison comparison = new Comparison("job", "the cache");

  private static void add(Samples samples, int micros, int collectorMicros) {
    samples.add(new CpuClock.Reading(micros * 1_000L, collectorMicros * 1_000L), 1_000_000, 1);
  }

  @Test
  void namesNothingThatLimitsAFlatCost() {
    add(comparison.baseline(), 10, 0);
    add(comparison.situation(), 12, 0);

    assertThat(comparison.cost().flat()).isTrue();
    assertThat(comparison.cost().limit()).isEmpty();
  }

  @Test
  void saysSoWhereACostIsFlatByTheMinimaAlone() {
    add(comparison.baseline(), 10, 0);
    add(comparison.situation(), 10, 0);
    add(comparison.situation(), 20, 0);

    assertThat(comparison.cost().flat()).isTrue();
    assertThat(comparison.cost().limit()).isEqualTo("not by the medians");
  }

  @Test
  void namesWhatIsKnownToCostMoreWithTheShareOfTheCollector() {
    add(comparison.baseline(), 10, 0);
    add(comparison.situation(), 15, 1);

    assertThat(comparison.cost().limit())
        .isEqualTo("the cache; by the medians 1.00 of 6.00 us more are the garbage collector's");
  }

  @Test
  void namesTheCollectorWhereItTakesMoreThanHalf() {
    add(comparison.baseline(), 10, 0);
    add(comparison.situation(), 10, 4);

    assertThat(comparison.cost().limit())
        .startsWith("the garbage collector, which")
        .endsWith("4.00 of 4.00 us more are the garbage collector's");
  }

  @Test
  void blamesNobodyForACostThatIsHigherByTheMinimaAlone() {
    add(comparison.baseline(), 10, 0);
    add(comparison.baseline(), 30, 0);
    add(comparison.situation(), 20, 0);

    assertThat(comparison.cost().limit()).contains("by the medians it costs no more");
  }
}

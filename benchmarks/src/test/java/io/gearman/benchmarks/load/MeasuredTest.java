// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MeasuredTest {

  @Test
  void readsWhatAClientPrints() {
    Measured measured =
        Measured.parse(
            List.of("result jobs=100 nanos=500000000 bytes=2000", "1000 98", "5000000 2"));

    assertThat(measured.jobsPerSecond()).isEqualTo(200);
    assertThat(measured.bytesPerSecond()).isEqualTo(4000);
    assertThat(measured.micros(50)).isEqualTo(1);
    assertThat(measured.micros(98)).isEqualTo(1);
    assertThat(measured.micros(99)).isCloseTo(5_000, Offset.offset(5.0));
  }

  @Test
  void hasNoLatenciesIfNoneWerePrinted() {
    Measured measured = Measured.parse(List.of("result jobs=1 nanos=1 bytes=0"));

    assertThat(measured.latencies().getTotalCount()).isZero();
  }

  @Test
  void refusesAnythingElseAndShowsIt() {
    assertThatThrownBy(() -> Measured.parse(List.of("ready")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"ready\"");
    assertThatThrownBy(() -> Measured.parse(List.of("result jobs=1 nanos=1 bytes=0", "1 x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"1 x\"");
    assertThatThrownBy(() -> Measured.parse(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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
  void canBePutTogether() {
    Measured one =
        Measured.parse(List.of("result jobs=1 nanos=1000 bytes=10", "1000 1"))
            .withCpu(Map.of(Part.SERVER, Duration.ofNanos(500)));
    Measured next =
        Measured.parse(List.of("result jobs=3 nanos=3000 bytes=30", "1000 3"))
            .withCpu(Map.of(Part.SERVER, Duration.ofNanos(2500), Part.CLIENT, Duration.ofNanos(4)));

    Measured both = one.plus(next);

    assertThat(both.jobs()).isEqualTo(4);
    assertThat(both.nanos()).isEqualTo(4000);
    assertThat(both.bytes()).isEqualTo(40);
    assertThat(both.latencies().getTotalCount()).isEqualTo(4);
    assertThat(both.cores(Part.SERVER)).isEqualTo(0.75);
    assertThat(both.cores(Part.CLIENT)).isEqualTo(0.001);
    assertThat(both.serverMicrosPerJob()).isEqualTo(0.75);
  }

  @Test
  void refusesAnythingElseAndShowsIt() {
    assertThatThrownBy(() -> Measured.parse(List.of("ready")))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("\"ready\"");
    assertThatThrownBy(() -> Measured.parse(List.of("result jobs=1 nanos=1 bytes=0", "1 x")))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("\"1 x\"");
    assertThatThrownBy(() -> Measured.parse(List.of())).isInstanceOf(LoadException.class);
  }
}

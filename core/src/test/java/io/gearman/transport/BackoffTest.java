// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

  private static final Duration MAX = Duration.ofMillis(Integer.MAX_VALUE);

  @ParameterizedTest
  @CsvSource({
    "1, 100",
    "2, 200",
    "3, 400",
    "9, 25600",
    "10, 30000",
    "40, 30000",
    "2147483647, 30000"
  })
  void pausesDoubleUpToTheLongest(int failures, long millis) {
    Duration full = Duration.ofMillis(millis);
    for (int i = 0; i < 100; i++) {
      assertThat(Backoff.defaults().pause(failures)).isBetween(full.dividedBy(2), full);
    }
  }

  @Test
  void theLongestPausesThereAreAreNoProblem() {
    assertThat(new Backoff(MAX, MAX).pause(Integer.MAX_VALUE)).isBetween(MAX.dividedBy(2), MAX);
    assertThat(new Backoff(Duration.ofMillis(1), MAX).pause(32)).isBetween(MAX.dividedBy(2), MAX);
  }

  @Test
  void pausesAreNotAllTheSame() {
    assertThat(IntStream.range(0, 100).mapToObj(i -> Backoff.defaults().pause(5)).distinct())
        .hasSizeGreaterThan(1);
  }

  @RepeatedTest(100)
  void whatScattersIsLessThanTheShortestPause() {
    assertThat(Backoff.defaults().scatter()).isBetween(Duration.ZERO, Duration.ofMillis(100));
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT1S, shortest", "PT1S, PT0.5S, longest", "PT-1S, PT1S, shortest"})
  void otherPausesAreRefused(Duration shortest, Duration longest, String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(shortest, longest))
        .withMessageStartingWith(name);
  }
}

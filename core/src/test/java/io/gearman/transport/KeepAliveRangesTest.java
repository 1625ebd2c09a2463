// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeepAliveRangesTest {

  private static final Duration SECOND = ofSeconds(1);
  private static final Duration MOST = ofSeconds(32_767);

  @Test
  void theBoundIsTheSilenceAndAllProbes() {
    assertThat(new KeepAlive(ofSeconds(3), ofSeconds(5), 7).bound()).isEqualTo(ofSeconds(38));
    assertThat(new KeepAlive(SECOND, SECOND, 1).bound()).isEqualTo(ofSeconds(2));
    assertThat(new KeepAlive(MOST, MOST, 127).bound()).isEqualTo(MOST.multipliedBy(128));
  }

  @Test
  void whatIsOutOfRangeIsRefusedWithItsLimits() {
    refused(() -> new KeepAlive(Duration.ZERO, SECOND, 1), "idle must be 1 to 32767", "not PT0S");
    refused(() -> new KeepAlive(SECOND, ofMillis(1_500), 1), "interval must be", "not PT1.5S");
    refused(() -> new KeepAlive(MOST.plus(SECOND), SECOND, 1), "whole seconds, not PT9H6M8S");
    refused(() -> new KeepAlive(SECOND, SECOND, 0), "probes must be 1 to 127, not 0");
    refused(() -> new KeepAlive(SECOND, SECOND, 128), "probes must be 1 to 127, not 128");
  }

  private static void refused(Runnable make, String... said) {
    assertThatIllegalArgumentException().isThrownBy(make::run).withMessageContainingAll(said);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RarelyTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1); // it may overflow
  private final Rarely rarely = new Rarely(now::get);
  private final List<Long> told = new ArrayList<>();

  private void happens(int times) {
    for (int i = 0; i < times; i++) {
      rarely.happened(told::add);
    }
  }

  @Test
  void aBurstIsToldOfAtOnceAndOnce() {
    happens(1_000);
    assertThat(told).containsExactly(0L);
  }

  @Test
  void aMinuteLaterTheNextIsToldOfWithTheNumberOfThoseBetween() {
    happens(1_000);
    now.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
    happens(1);
    now.addAndGet(1);
    happens(7);
    assertThat(told).containsExactly(0L, 1_000L);
  }
}

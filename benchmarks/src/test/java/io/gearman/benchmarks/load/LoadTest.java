// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadTest {

  @Test
  void saysWhatItIs() {
    assertThat(Load.inFlight(8).label()).isEqualTo("8 in flight");
    assertThat(Load.inFlight(512).withConnections(10_000).withQueued(1_000_000).label())
        .isEqualTo("512 in flight, 10,000 connections, 1,000,000 queued");
    assertThat(Load.background(8).withUniqueIds().label()).isEqualTo("8 in flight, unique ids");
    assertThat(Load.inFlight(8).withSizes(16, 1_000_000).label())
        .isEqualTo("8 in flight, results of 1 MB");
    assertThat(Load.inFlight(2).withSizes(16 << 20, 16 << 20).label())
        .isEqualTo("2 in flight, 16 MiB there and back");
    assertThat(Load.stream(200_000, 64).label()).isEqualTo("200,000 chunks of 64 B");
  }

  @Test
  void tellsProcessesAllOfIt() {
    assertThat(Load.stream(1_000, 64).arguments())
        .containsExactly(
            "mode=stream",
            "in-flight=1",
            "payload=128",
            "result=64",
            "connections=1",
            "chunks=1000",
            "unique=false");
    assertThat(Load.background(8).withUniqueIds().arguments()).contains("unique=true");
    assertThat(Load.standing(8).arguments()).contains("mode=standing", "in-flight=8");
  }

  @Test
  void queuesItsOwnFunctionOnlyInTheBackground() {
    assertThat(Load.standing(8).joinsQueue()).isTrue();
    assertThat(Load.background(8).joinsQueue()).isTrue();
    assertThat(Load.inFlight(8).joinsQueue()).isFalse();
  }

  @Test
  void goesNoFurtherThanThePlan() {
    Load far = new Load(Load.Kind.STREAM, 7, 1 << 30, 1 << 30, 1 << 30, 1 << 30, 1 << 30, true);

    assertThat(far.within(Plan.QUICK))
        .isEqualTo(new Load(Load.Kind.STREAM, 7, 64 << 10, 64 << 10, 100, 2_000, 1_000, true));
  }
}

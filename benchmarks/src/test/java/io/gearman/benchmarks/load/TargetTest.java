// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetTest {

  private static final int CORES = 2;
  private static final Load LOAD = Load.inFlight(8);
  private static final Target TWICE =
      Target.atLeast("rate", LOAD, Peer.OURS, Peer.NATS, Metric.RATE, 2);
  private static final Target HALF =
      Target.atMost("latency", LOAD, Peer.OURS, Peer.NATS, Metric.LATENCY, 0.5);

  /** Runs of a second. */
  private static Cell cell(Peer peer, int latencyMicros, int... jobs) {
    List<Measured> runs =
        java.util.stream.IntStream.of(jobs)
            .mapToObj(
                count ->
                    Measured.parse(
                            List.of(
                                "result jobs=%d nanos=1000000000 bytes=0".formatted(count),
                                latencyMicros * 1_000 + " " + count))
                        .withCpu(
                            Map.of(
                                Part.SERVER, Duration.ofMillis(980),
                                Part.CLIENT, Duration.ofMillis(500))))
            .toList();
    return new Cell(peer, LOAD, runs, "");
  }

  private static Verdict judge(Target target, Cell... cells) {
    return target.judge(List.of(cells), Plan.FULL, CORES);
  }

  @Test
  void isMetByTheRatioOfTheMedians() {
    Verdict verdict =
        judge(TWICE, cell(Peer.OURS, 1, 10, 2000, 9000), cell(Peer.NATS, 1, 1000, 500, 1500));

    assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.MET);
    assertThat(verdict.measured()).isEqualTo("2.00x (0.01-6.00): 2,000/s to 1,000/s");
    assertThat(verdict.wanted()).isEqualTo("at least 2.0x");
  }

  @Test
  void saysIfItIsNotMetInEachRun() {
    Cell theirs = cell(Peer.NATS, 1, 1000, 1000, 1000);

    assertThat(judge(TWICE, cell(Peer.OURS, 1, 1999, 2000, 2001), theirs).limit())
        .isEqualTo("not in each run");
    assertThat(judge(TWICE, cell(Peer.OURS, 1, 2000, 2000, 2001), theirs).limit()).isEmpty();
  }

  @Test
  void saysWhatLimitsItIfItIsNotMet() {
    Verdict verdict = judge(TWICE, cell(Peer.OURS, 1, 1999), cell(Peer.NATS, 1, 1000));

    assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.NOT_MET);
    assertThat(verdict.limit()).isEqualTo("server 0.98, client 0.50; together 1.48 of 2 cores");
  }

  @Test
  void saysWhatAProfileHasShownIfItIsNotMet() {
    Target explained = TWICE.limitedBy("system calls");

    assertThat(judge(explained, cell(Peer.OURS, 1, 1999), cell(Peer.NATS, 1, 1000)).limit())
        .isEqualTo("system calls; server 0.98, client 0.50; together 1.48 of 2 cores");
    assertThat(judge(explained, cell(Peer.OURS, 1, 2000), cell(Peer.NATS, 1, 1000)).limit())
        .isEmpty();
  }

  @Test
  void canBeAnUpperBound() {
    assertThat(judge(HALF, cell(Peer.OURS, 50, 1), cell(Peer.NATS, 100, 1)).outcome())
        .isEqualTo(Verdict.Outcome.MET);
    assertThat(judge(HALF, cell(Peer.OURS, 51, 1), cell(Peer.NATS, 100, 1)).outcome())
        .isEqualTo(Verdict.Outcome.NOT_MET);
  }

  @Test
  void canBeANumberOfItsOwn() {
    Target target = Target.atLeast("rate", LOAD, Peer.OURS, Metric.RATE, 500);

    assertThat(judge(target, cell(Peer.OURS, 1, 500)).outcome()).isEqualTo(Verdict.Outcome.MET);
    assertThat(judge(target, cell(Peer.OURS, 1, 499)).outcome()).isEqualTo(Verdict.Outcome.NOT_MET);
    assertThat(judge(target, cell(Peer.OURS, 1, 499)).wanted()).isEqualTo("at least 500/s");
  }

  @Test
  void canCompareAPeerWithItselfUnderAnotherLoad() {
    Load one = Load.inFlight(1);
    Target target = Target.atMost("cost", Peer.OURS, LOAD, one, Metric.SERVER_TIME, 1.2);
    Cell other = new Cell(Peer.OURS, one, cell(Peer.OURS, 1, 1_200).runs(), "");

    assertThat(judge(target, cell(Peer.OURS, 1, 1_000), other).outcome())
        .isEqualTo(Verdict.Outcome.MET);
    assertThat(judge(target, cell(Peer.OURS, 1, 999), other).measured())
        .isEqualTo("1.20x (1.20-1.20): 980.98 µs to 816.67 µs");
    assertThat(judge(target, cell(Peer.OURS, 1, 999), other).outcome())
        .isEqualTo(Verdict.Outcome.NOT_MET);
  }

  @Test
  void isNotMeasuredIfThePeerHasDoneNothing() {
    Verdict verdict = judge(TWICE, cell(Peer.OURS, 1, 1), cell(Peer.NATS, 1, 0));

    assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.NOT_MEASURED);
    assertThat(verdict.limit()).isEqualTo("NATS has done nothing");
  }

  @Test
  void isNotMeasuredWithoutThePeer() {
    Verdict verdict = judge(TWICE, cell(Peer.OURS, 1, 1));

    assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.NOT_MEASURED);
    assertThat(verdict.limit()).isEqualTo("NATS was left out");
  }

  @Test
  void isNotMeasuredIfThePeerHasFailed() {
    Verdict verdict =
        judge(TWICE, cell(Peer.OURS, 1, 1), Cell.failed(Peer.NATS, LOAD, "it has ended"));

    assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.NOT_MEASURED);
    assertThat(verdict.limit()).isEqualTo("NATS: it has ended");
  }

  @Test
  void meansItsOwnLoadOnly() {
    Target other = Target.atLeast("rate", Load.inFlight(9), Peer.OURS, Metric.RATE, 1);

    assertThat(judge(other, cell(Peer.OURS, 1, 500)).outcome())
        .isEqualTo(Verdict.Outcome.NOT_MEASURED);
  }
}

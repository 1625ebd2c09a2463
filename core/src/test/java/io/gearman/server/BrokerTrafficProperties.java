// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.PacketType;
import io.gearman.server.TrafficStep.Clogs;
import io.gearman.server.TrafficStep.Ends;
import io.gearman.server.TrafficStep.Leaves;
import io.gearman.server.TrafficStep.Limits;
import io.gearman.server.TrafficStep.Passes;
import io.gearman.server.TrafficStep.Says;
import io.gearman.server.TrafficStep.Sends;
import io.gearman.server.TrafficStep.Words;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Assertions;

/** Whatever packets and lines come, in whatever order and under whatever limits. */
class BrokerTrafficProperties {

  private static final int SOAK = Integer.getInteger("soak", 1);
  private static final int HISTORIES = 10; // of each try
  private static final int PEERS = 5;

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void anyTrafficLeavesTheBrokerSound(
      @ForAll("limits") Limits limits, @ForAll("histories") List<List<TrafficStep>> histories) {
    for (List<TrafficStep> steps : histories) {
      if (!failure(limits, steps).isEmpty()) {
        Assertions.fail(failure(limits, History.needed(steps, some -> failure(limits, some))));
      }
    }
  }

  /** What was wrong and how it came to that, or nothing. */
  private static String failure(Limits limits, List<TrafficStep> steps) {
    TrafficWorld world = new TrafficWorld(limits);
    try {
      steps.forEach(step -> step.takenIn(world));
      world.ends();
      return "";
    } catch (AssertionError | RuntimeException e) {
      return e
          + " at "
          + List.of(e.getStackTrace()).subList(0, Math.min(4, e.getStackTrace().length))
          + ":\n"
          + world.story()
          + '\n'
          + limits
          + '\n'
          + steps;
    }
  }

  @Provide
  Arbitrary<Limits> limits() {
    return Combinators.combine(
            Arbitraries.of(-1, -1, 0, 1, 2),
            Arbitraries.of(0, 0, 1, 2),
            Arbitraries.of(700L, 2_000L, 1_000_000L),
            Arbitraries.of(1, 2, 3, 1_000))
        .as(Limits::new);
  }

  @Provide
  Arbitrary<List<List<TrafficStep>>> histories() {
    return steps()
        .list()
        .ofMinSize(20)
        .ofMaxSize(120)
        .withSizeDistribution(RandomDistribution.uniform())
        .list()
        .ofSize(HISTORIES * SOAK);
  }

  private static Arbitrary<TrafficStep> steps() {
    Arbitrary<Integer> who = Arbitraries.integers().between(0, PEERS - 1);
    return Arbitraries.frequencyOf(
        Tuple.of(60, Combinators.combine(who, types(), words()).as(Sends::new)),
        Tuple.of(8, Combinators.combine(who, lines(), words()).as(Says::new)),
        Tuple.of(2, who.map(Leaves::new)),
        Tuple.of(1, who.map(Ends::new)),
        Tuple.of(6, Combinators.combine(who, Arbitraries.of(true, false)).as(Clogs::new)),
        Tuple.of(4, Arbitraries.of(500, 1_000, 20_000, 61_000).map(BrokerTrafficProperties::pass)));
  }

  private static TrafficStep pass(int millis) {
    return new Passes(Duration.ofMillis(millis));
  }

  private static Arbitrary<PacketType> types() {
    return Arbitraries.frequencyOf(
        Tuple.of(2, Arbitraries.of(PacketType.class)),
        Tuple.of(
            4,
            Arbitraries.of(
                PacketType.SUBMIT_JOB,
                PacketType.SUBMIT_JOB_HIGH,
                PacketType.SUBMIT_JOB_BG,
                PacketType.SUBMIT_JOB_EPOCH,
                PacketType.SUBMIT_REDUCE_JOB,
                PacketType.SUBMIT_REDUCE_JOB_BACKGROUND)),
        Tuple.of(
            5,
            Arbitraries.of(
                PacketType.CAN_DO,
                PacketType.CAN_DO_TIMEOUT,
                PacketType.GRAB_JOB,
                PacketType.GRAB_JOB_ALL,
                PacketType.GRAB_JOB_ALL,
                PacketType.PRE_SLEEP)),
        Tuple.of(
            2,
            Arbitraries.of(PacketType.WORK_COMPLETE, PacketType.WORK_DATA, PacketType.OPTION_REQ)));
  }

  private static Arbitrary<String> lines() {
    return Arbitraries.of(
        "status",
        "prioritystatus",
        "workers",
        "show jobs",
        "show unique jobs",
        "cancel job HANDLE",
        "create function FUNCTION",
        "drop function FUNCTION",
        "maxqueue FUNCTION NUMBER",
        "maxqueue FUNCTION 1 2",
        "maxqueue FUNCTION",
        "shutdown",
        "",
        "version");
  }

  private static Arbitrary<Words> words() {
    return Combinators.combine(
            Arbitraries.of("f", "f", "f", "g", "h", ""),
            Arbitraries.of("", "u", "v", "-", "x".repeat(65)),
            Arbitraries.of(
                "0", "1", "2", "5", "30", "99999999999", "99999999999999999999", "-1", "x"),
            Arbitraries.integers().between(-1, 7),
            Arbitraries.of("", "w", "r", "x".repeat(300)))
        .as(Words::new);
  }
}

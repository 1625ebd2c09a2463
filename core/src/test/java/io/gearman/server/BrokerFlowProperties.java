// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.GRAB_JOB_UNIQ;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW_BG;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.protocol.PacketType.WORK_WARNING;

import io.gearman.protocol.PacketType;
import io.gearman.server.FlowStep.Asks;
import io.gearman.server.FlowStep.Clears;
import io.gearman.server.FlowStep.Clogs;
import io.gearman.server.FlowStep.Grabs;
import io.gearman.server.FlowStep.Learns;
import io.gearman.server.FlowStep.Leaves;
import io.gearman.server.FlowStep.Resets;
import io.gearman.server.FlowStep.Seat;
import io.gearman.server.FlowStep.Sleeps;
import io.gearman.server.FlowStep.Submits;
import io.gearman.server.FlowStep.TimePasses;
import io.gearman.server.FlowStep.Unlearns;
import io.gearman.server.FlowStep.Works;
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

/** The flow extension: whatever peers do, and in whatever order, the specification holds. */
class BrokerFlowProperties {

  @Property(tries = 800, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void anyInterleavingKeepsTheSpecification(@ForAll("histories") List<FlowStep> steps) {
    if (!failure(steps).isEmpty()) {
      throw new AssertionError(failure(History.needed(steps, BrokerFlowProperties::failure)));
    }
  }

  /** What was wrong and how it came to that, or nothing. */
  private static String failure(List<FlowStep> steps) {
    FlowWorld world = new FlowWorld();
    try {
      steps.forEach(step -> step.takenIn(world));
      world.ends();
      return "";
    } catch (AssertionError | RuntimeException e) {
      return e + ":\n" + world.story() + '\n' + steps;
    }
  }

  @Provide
  Arbitrary<List<FlowStep>> histories() {
    return Arbitraries.frequencyOf(
            Tuple.of(14, submissions()),
            Tuple.of(10, demands()),
            Tuple.of(3, cancels()),
            Tuple.of(12, grabs()),
            Tuple.of(24, results()),
            Tuple.of(3, ends()),
            Tuple.of(2, workers().map(Sleeps::new)),
            Tuple.of(2, Combinators.combine(workers(), functions()).as(Learns::new)),
            Tuple.of(1, Combinators.combine(workers(), functions()).as(Unlearns::new)),
            Tuple.of(1, workers().map(Resets::new)),
            Tuple.of(2, Arbitraries.of(Seat.class).map(Leaves::new)),
            Tuple.of(2, workers().map(Leaves::new)),
            Tuple.of(4, clients().map(Clogs::new)),
            Tuple.of(4, clients().map(Clears::new)),
            Tuple.of(5, Arbitraries.of(1, 1, 1, 4).map(TimePasses::new)))
        .list()
        .ofMinSize(20)
        .ofMaxSize(120)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  private static Arbitrary<FlowStep> submissions() {
    Arbitrary<PacketType> type =
        Arbitraries.frequency(
            Tuple.of(12, SUBMIT_JOB),
            Tuple.of(1, SUBMIT_JOB_HIGH),
            Tuple.of(1, SUBMIT_JOB_LOW),
            Tuple.of(2, SUBMIT_JOB_BG),
            Tuple.of(1, SUBMIT_JOB_HIGH_BG),
            Tuple.of(1, SUBMIT_JOB_LOW_BG));
    Arbitrary<String> unique =
        Arbitraries.frequency(
            Tuple.of(10, "u"), Tuple.of(1, "v"), Tuple.of(1, "-"), Tuple.of(1, ""));
    return Combinators.combine(clients(), type, functions(), unique, Arbitraries.of("w", ""))
        .as(Submits::new);
  }

  private static Arbitrary<FlowStep> demands() {
    Arbitrary<String> count =
        Arbitraries.frequencyOf(
            Tuple.of(30, Arbitraries.integers().between(1, 4).map(String::valueOf)),
            Tuple.of(2, Arbitraries.of("70", "2147483647")),
            Tuple.of(3, Arbitraries.of("", "0", "-1", "+1", "x", "2147483648", "99999999999")));
    return Combinators.combine(Arbitraries.just(WORK_DEMAND), which(), count).as(Asks::new);
  }

  private static Arbitrary<FlowStep> cancels() {
    return which().map(listener -> new Asks(WORK_CANCEL, listener, ""));
  }

  private static Arbitrary<FlowStep> grabs() {
    return Combinators.combine(
            workers(),
            Arbitraries.frequency(
                Tuple.of(1, GRAB_JOB), Tuple.of(1, GRAB_JOB_UNIQ), Tuple.of(6, GRAB_JOB_ALL)))
        .as(Grabs::new);
  }

  private static Arbitrary<FlowStep> results() {
    Arbitrary<PacketType> type =
        Arbitraries.frequency(
            Tuple.of(6, WORK_DATA), Tuple.of(1, WORK_WARNING), Tuple.of(3, WORK_STATUS));
    Arbitrary<Integer> times = Arbitraries.frequency(Tuple.of(20, 1), Tuple.of(1, 100));
    return Combinators.combine(type, which(), times).as(Works::new);
  }

  private static Arbitrary<FlowStep> ends() {
    return Combinators.combine(
            Arbitraries.of(WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION), which(), Arbitraries.just(1))
        .as(Works::new);
  }

  private static Arbitrary<Integer> which() {
    return Arbitraries.frequencyOf(
        Tuple.of(20, Arbitraries.integers().between(0, 5)), Tuple.of(1, Arbitraries.just(-1)));
  }

  private static Arbitrary<Seat> clients() {
    return Arbitraries.of(Seat.CLIENTS);
  }

  private static Arbitrary<Seat> workers() {
    return Arbitraries.of(Seat.WORKERS);
  }

  private static Arbitrary<String> functions() {
    return Arbitraries.frequency(Tuple.of(6, "f"), Tuple.of(1, "g"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;

/** What things weigh on our heaps: used after a collection, with and without them. */
final class Memory implements Scenario {

  private static final int PROCESSES = 2;
  private static final String ABOUT =
      """
      The heap that is in use after a collection, before and after so many things have come into being, divided by their \
      number, once. Payloads have 128 bytes; those of the client share theirs.""";

  /**
   * Something that is weighed.
   *
   * @param most bytes that each may take
   * @param growth of the heap with so many
   */
  private record Thing(
      String name, ToIntFunction<Plan> count, int most, BiFunction<Bench, Integer, Long> growth) {

    String number(Plan plan) {
      return String.format(Locale.ROOT, "%,d", count.applyAsInt(plan));
    }

    Verdict verdict(Plan plan, String measured, Verdict.Outcome outcome, String limit) {
      String wanted = String.format(Locale.ROOT, "at most %,d B", most);
      return new Verdict(name, number(plan), measured, wanted, outcome, limit);
    }

    Verdict weigh(Bench bench) {
      try {
        long each =
            growth.apply(bench, count.applyAsInt(bench.plan())) / count.applyAsInt(bench.plan());
        String measured = String.format(Locale.ROOT, "%,d B", each);
        return verdict(bench.plan(), measured, Verdict.Outcome.of(each <= most), "");
      } catch (LoadException e) {
        return verdict(bench.plan(), "", Verdict.Outcome.NOT_MEASURED, e.reason());
      }
    }
  }

  private static final List<Thing> THINGS =
      List.of(
          new Thing(
              "heap per queued 128-byte job",
              Plan::queued,
              400,
              (bench, count) -> ofServer(bench, Load.background(1_000), "jobs", count)),
          new Thing(
              "heap per queued 128-byte job with a unique id",
              Plan::queued,
              400,
              (bench, count) ->
                  ofServer(bench, Load.background(1_000).withUniqueIds(), "jobs", count)),
          new Thing(
              "heap per idle connection",
              Plan::connections,
              8 << 10,
              (bench, count) -> ofServer(bench, Load.inFlight(1), "connect", count)),
          new Thing(
              "heap per job in flight at the client",
              Plan::held,
              600,
              (bench, count) -> ofClient(bench, Load.inFlight(count))));

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<Verdict> unmeasured(Plan plan, String reason) {
    return THINGS.stream()
        .map(thing -> thing.verdict(plan, "", Verdict.Outcome.NOT_MEASURED, reason))
        .toList();
  }

  @Override
  public Section run(Bench bench) {
    bench.say("memory");
    List<Verdict> verdicts = THINGS.stream().map(thing -> thing.weigh(bench)).toList();
    StringBuilder rows = new StringBuilder("| what | how many | each |\n|---|--:|--:|\n");
    for (Verdict verdict : verdicts) {
      rows.append(
          "| %s | %s | %s |\n".formatted(verdict.target(), verdict.load(), verdict.measured()));
    }
    return new Section("Memory", ABOUT, rows.toString(), verdicts);
  }

  private static long ofServer(Bench bench, Load load, String command, int count) {
    bench
        .tools()
        .missing(Program.LOADER)
        .ifPresent(
            why -> {
              throw new LoadException(why);
            });
    try (var server = bench.startServer(Program.OUR_SERVER, load.arguments(), PROCESSES);
        Child loader =
            bench.startReady(Program.LOADER, server.port(), load.arguments(), 1, PROCESSES)) {
      loader.measure(command + " 1", Plan.PATIENCE); // loads classes
      long before = heap(server.child());
      loader.measure(command + ' ' + count, Plan.PATIENCE);
      return heap(server.child()) - before;
    }
  }

  private static long heap(Child child) {
    child.tell("heap");
    return child.heap(Plan.PATIENCE);
  }

  private static long ofClient(Bench bench, Load load) {
    try (var server = bench.startServer(Program.OUR_SERVER, load.arguments(), PROCESSES);
        Child holder =
            bench.startReady(Program.OUR_HOLDER, server.port(), load.arguments(), 1, PROCESSES)) {
      long before = holder.heap(Plan.PATIENCE);
      return holder.heap(Plan.PATIENCE) - before;
    }
  }
}

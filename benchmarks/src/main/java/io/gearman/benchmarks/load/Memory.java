// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToLongFunction;

/** What things weigh on our heaps: used after a collection, with and without them. */
final class Memory implements Scenario {

  private static final int PROCESSES = 2;
  private static final String ABOUT =
      """
      The heap that is in use after a collection, before and after so many things have come into being, divided by their \
      number. Payloads have 128 bytes; those of the client share theirs.""";

  private final List<Verdict> verdicts = new ArrayList<>();
  private final StringBuilder rows = new StringBuilder();

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Section run(Bench bench) {
    bench.say("memory");
    verdicts.clear();
    rows.setLength(0);
    rows.append("| what | how many | each |\n|---|--:|--:|\n");
    queuedJobs(bench);
    idleConnections(bench);
    jobsInFlight(bench);
    return new Section("Memory", ABOUT, rows.toString(), List.copyOf(verdicts));
  }

  private void queuedJobs(Bench bench) {
    weigh(
        "heap per queued 128-byte job",
        bench.plan().queued(),
        400,
        count -> ofServer(bench, Load.background(1_000), "jobs", count));
  }

  private void idleConnections(Bench bench) {
    weigh(
        "heap per idle connection",
        bench.plan().connections(),
        8 << 10,
        count -> ofServer(bench, Load.inFlight(1), "connect", count));
  }

  private void jobsInFlight(Bench bench) {
    weigh(
        "heap per job in flight at the client",
        bench.plan().held(),
        600,
        count -> ofClient(bench, Load.inFlight(count)));
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

  private void weigh(String what, int count, int most, IntToLongFunction growth) {
    String number = String.format(Locale.ROOT, "%,d", count);
    String wanted = String.format(Locale.ROOT, "at most %,d B", most);
    try {
      long each = growth.applyAsLong(count) / count;
      String measured = String.format(Locale.ROOT, "%,d B", each);
      rows.append("| %s | %s | %s |\n".formatted(what, number, measured));
      var outcome = Verdict.Outcome.of(each <= most);
      verdicts.add(new Verdict(what, number, measured, wanted, outcome, ""));
    } catch (LoadException e) {
      verdicts.add(new Verdict(what, number, "", wanted, Verdict.Outcome.NOT_MEASURED, e.reason()));
    }
  }
}

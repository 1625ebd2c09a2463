// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import java.util.List;
import java.util.Locale;

/** Jobs of thousands of functions, and of a few of them. */
final class ManyFunctions {

  private static final String LIMIT =
      "what a job touches of its function, which has left the processor's cache when its turn comes";
  private static final int SLEEPER_TIMES = 10; // as long takes a job for which a worker is woken

  private final ServerProcess server;
  private final Meter meter;
  private final Sizes sizes;
  private final List<byte[]> few = Workload.functions("job", 4);
  private final List<byte[]> many;

  private final Comparison ofAll;
  private final Comparison ofHalf;
  private final Comparison ofFew;
  private final Comparison waking;
  private final Comparison status;
  private final Comparison priorityStatus;

  ManyFunctions(ServerProcess server, Meter meter, Sizes sizes) {
    this.server = server;
    this.meter = meter;
    this.sizes = sizes;
    this.many = Workload.functions("many", sizes.functions());
    String number = String.format(Locale.ROOT, "%,d functions", sizes.functions());
    ofAll = meter.comparison("job, " + number + ", a worker for all", LIMIT);
    ofHalf = meter.comparison("... in half of which jobs wait", LIMIT);
    ofFew = meter.comparison("job, " + number + ", a worker for each");
    waking = meter.comparison("job waking a worker of " + number);
    status = meter.comparison("line of status, " + number);
    priorityStatus = meter.comparison("line of prioritystatus, " + number);
  }

  void measure() {
    try (Workload one = Workload.ofOneGeneralist(server.port(), few.subList(0, 1));
        Workload each = Workload.ofSpecialists(server.port(), few);
        Wire admin = Wire.connect(server.port())) {
      create(admin, Workload.functions("tenth", sizes.functions() / 10)); // for lines to compare
      for (int cycle = 0; cycle < sizes.cycles(); cycle++) {
        for (int i = 0; i < sizes.samples(); i++) {
          meter.measure(ofAll.baseline(), () -> one.run(sizes.jobs()));
          meter.measure(ofHalf.baseline(), () -> one.run(sizes.jobs()));
          meter.measure(ofFew.baseline(), () -> each.run(sizes.jobs()));
          meter.measure(waking.baseline(), () -> one.runForSleeper(wakings()));
          meter.measure(status.baseline(), () -> lines(admin, "status"));
          meter.measure(priorityStatus.baseline(), () -> lines(admin, "prioritystatus"));
        }
        grow(admin, cycle);
        measureMany(each, admin);
      }
    }
  }

  private void grow(Wire admin, int cycle) {
    if (cycle == 0) {
      meter.weigh("function", sizes.functions(), () -> create(admin, many));
    } else {
      create(admin, many);
    }
  }

  private void measureMany(Workload each, Wire admin) {
    try (Workload all = Workload.ofOneGeneralist(server.port(), many)) {
      for (int i = 0; i < sizes.samples(); i++) {
        meter.measure(ofAll.situation(), () -> all.run(sizes.jobs()));
        meter.measure(ofFew.situation(), () -> each.run(sizes.jobs()));
        meter.measure(waking.situation(), () -> all.runForSleeper(wakings()));
        meter.measure(status.situation(), () -> lines(admin, "status"));
        meter.measure(priorityStatus.situation(), () -> lines(admin, "prioritystatus"));
      }
      all.submit(many.size() / 2);
      for (int i = 0; i < sizes.samples(); i++) {
        meter.measure(ofHalf.situation(), () -> all.run(sizes.jobs()));
      }
      all.complete(many.size() / 2);
      all.dropFunctions();
    }
  }

  private int wakings() {
    return sizes.jobs() / SLEEPER_TIMES;
  }

  private static void create(Wire admin, List<byte[]> functions) {
    functions.forEach(function -> admin.command("create function", function));
  }

  /** Asks for a table until it has had as many lines as a sample has jobs. */
  private int lines(Wire admin, String table) {
    int lines = 0;
    while (lines < sizes.jobs()) {
      lines += admin.add(table).flush().countLines();
    }
    return lines;
  }
}

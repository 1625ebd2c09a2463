// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import java.io.IOException;
import java.util.List;

/**
 * Measures what metrics cost a job: two servers in processes of their own, one with a Prometheus
 * registry and one without, which work in turns and whose CPU time is what counts.
 *
 * <pre>
 *   java -cp benchmarks/target/benchmarks.jar io.gearman.benchmarks.scale.MetricsCost
 * </pre>
 */
public final class MetricsCost {

  private static final int WARM_UP = 400_000;
  private static final int WARM_UP_ALONE = 20_000;
  private static final int ROUNDS = 40;
  private static final int JOBS = 20_000;
  private static final int JOBS_ALONE = 1_000;

  private MetricsCost() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    Comparison many = new Comparison("Jobs by the hundred, with metrics");
    Comparison alone = new Comparison("One job after the other, with metrics");
    try (ServerProcess without = ServerProcess.start();
        ServerProcess with = ServerProcess.start(ScaleServer.METRICS);
        Workload plain = workload(without);
        Workload measured = workload(with)) {
      Meter plainMeter = new Meter(without, System.out, System.out);
      Meter measuredMeter = new Meter(with, System.out, System.out);
      for (int i = 0; i < ROUNDS; i++) {
        plainMeter.measure(many.baseline(), () -> plain.run(JOBS));
        measuredMeter.measure(many.situation(), () -> measured.run(JOBS));
        plainMeter.measure(alone.baseline(), () -> plain.runForSleeper(JOBS_ALONE));
        measuredMeter.measure(alone.situation(), () -> measured.runForSleeper(JOBS_ALONE));
      }
    }
    System.out.print(Comparison.HEADER);
    List.of(many, alone).forEach(comparison -> System.out.println(comparison.row()));
  }

  private static Workload workload(ServerProcess server) {
    Workload workload = Workload.ofSpecialists(server.port(), Workload.functions("job", 1));
    workload.run(WARM_UP);
    workload.runForSleeper(WARM_UP_ALONE);
    return workload;
  }
}

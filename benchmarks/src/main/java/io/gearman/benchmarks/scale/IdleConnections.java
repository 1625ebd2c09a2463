// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import io.gearman.protocol.PacketType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Jobs beside thousands of connections that do nothing, half of them workers asleep. */
final class IdleConnections {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ServerProcess server;
  private final Meter meter;
  private final Sizes sizes;
  private final List<byte[]> otherFunctions = Workload.functions("other", 100);
  private final List<Wire> idle = new ArrayList<>();

  IdleConnections(ServerProcess server, Meter meter, Sizes sizes) {
    this.server = server;
    this.meter = meter;
    this.sizes = sizes;
  }

  void measure() {
    Comparison jobs = meter.comparison("job, %,d idle connections".formatted(sizes.connections()));
    try (Workload workload = Workload.ofSpecialists(server.port(), Workload.functions("job", 1))) {
      for (int cycle = 0; cycle < sizes.cycles(); cycle++) {
        sample(jobs.baseline(), workload);
        if (cycle == 0) {
          weigh();
        } else {
          connect();
          putToSleep();
        }
        sample(jobs.situation(), workload);
        disconnect();
      }
    }
  }

  private void sample(Samples samples, Workload workload) {
    for (int i = 0; i < sizes.samples(); i++) {
      meter.measure(samples, () -> workload.run(sizes.jobs()));
    }
  }

  private void weigh() {
    meter.weigh("idle connection", sizes.connections(), this::connect);
    meter.weigh("... that sleeps as a worker, besides", sizes.connections() / 2, this::putToSleep);
  }

  private void connect() {
    for (int i = 0; i < sizes.connections(); i++) {
      idle.add(Wire.connect(server.port()));
    }
    idle.forEach(Wire::settle);
  }

  private void putToSleep() {
    for (int i = 0; i < idle.size(); i += 2) {
      byte[] function = otherFunctions.get(i % otherFunctions.size());
      idle.get(i).add(PacketType.CAN_DO, function).add(PacketType.PRE_SLEEP).settle();
    }
  }

  private void disconnect() {
    idle.forEach(Wire::close);
    idle.clear();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (Wire wire = Wire.connect(server.port())) {
      while (wire.add("workers").flush().countLines() > sizes.connections() / 10) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("The server keeps connections that are closed");
        }
      }
    }
  }
}

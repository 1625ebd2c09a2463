// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Jobs behind and beside a queue of very many. */
final class Backlog {

  private static final int ENDS = 3; // samples at the beginning and at the end of filling

  private final ServerProcess server;
  private final Meter meter;
  private final Sizes sizes;

  private final Comparison behind;
  private final Comparison beside;
  private final Comparison submitting;
  private final Comparison completing;
  private final Comparison cancelling;

  Backlog(ServerProcess server, Meter meter, Sizes sizes) {
    this.server = server;
    this.meter = meter;
    this.sizes = sizes;
    String number = String.format(Locale.ROOT, "%,d", sizes.backlog());
    behind = meter.comparison("job behind " + number + " of its function");
    beside = meter.comparison("job beside " + number + " of another");
    submitting = meter.comparison("submission, the " + number + "th");
    completing = meter.comparison("grab and completion of " + number);
    cancelling = meter.comparison("cancellation among " + number);
  }

  void measure() {
    try (Workload queue = Workload.ofSpecialists(server.port(), Workload.functions("queue", 1));
        Workload other = Workload.ofSpecialists(server.port(), Workload.functions("job", 1))) {
      for (int cycle = 0; cycle < sizes.cycles(); cycle++) {
        sample(behind.baseline(), queue);
        sample(beside.baseline(), other);
        cancel(cancelling.baseline(), queue);
        fill(queue, cycle);
        sample(behind.situation(), queue);
        sample(beside.situation(), other);
        cancel(cancelling.situation(), queue);
        drain(queue);
      }
    }
  }

  private void sample(Samples samples, Workload workload) {
    for (int i = 0; i < sizes.samples(); i++) {
      meter.measure(samples, () -> workload.run(sizes.jobs()));
    }
  }

  /** Cancels what it has submitted in no order. */
  private void cancel(Samples samples, Workload queue) {
    for (int i = 0; i < sizes.samples(); i++) {
      List<byte[]> handles = new ArrayList<>();
      queue.submit(sizes.jobs(), handles::add);
      Collections.shuffle(handles, new Random(i));
      meter.measure(samples, () -> queue.cancel(handles));
    }
  }

  private void fill(Workload queue, int cycle) {
    if (cycle == 0) {
      meter.weigh("queued job of 64 bytes with a unique id", sizes.backlog(), () -> fill(queue));
    } else {
      fill(queue);
    }
  }

  private void fill(Workload queue) {
    int slices = sizes.backlog() / sizes.jobs();
    for (int slice = 0; slice < slices; slice++) {
      meter.measure(
          ends(slice, slices, submitting.baseline(), submitting.situation()),
          () -> queue.submit(sizes.jobs()));
    }
  }

  private void drain(Workload queue) {
    int slices = sizes.backlog() / sizes.jobs();
    for (int slice = 0; slice < slices; slice++) {
      meter.measure(
          ends(slice, slices, completing.situation(), completing.baseline()),
          () -> queue.complete(sizes.jobs()));
    }
  }

  private static Samples ends(int slice, int slices, Samples first, Samples last) {
    return slice < ENDS ? first : slice >= slices - ENDS ? last : new Samples();
  }
}

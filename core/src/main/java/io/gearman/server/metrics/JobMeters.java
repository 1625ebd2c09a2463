// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.gearman.Priority;
import io.gearman.server.Outcome;
import io.gearman.server.ServerSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/** The meters of the jobs of one function, or of several that are shown as one. */
final class JobMeters {

  /** Bounds of the buckets of both histograms. */
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(10),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(15),
    Duration.ofHours(1)
  };

  final Counter submitted;
  final Counter joined;
  final Counter restarted;

  private final MeterRegistry registry;
  private final Tags tags;
  private final List<Meter> meters = new ArrayList<>();
  private final Map<Outcome, Counter> ended = new EnumMap<>(Outcome.class);
  private final Map<Priority, Timer> wait = new EnumMap<>(Priority.class); // those that were needed
  private final Map<Priority, Map<Outcome, Timer>> run = new EnumMap<>(Priority.class); // likewise

  // Set on the event loop of the server, read by whoever reads the registry.
  private volatile List<ServerSnapshot.Function> functions = List.of();

  JobMeters(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
    submitted = counter("submitted", "Jobs that came", tags);
    joined = counter("joined", "Submissions that joined a job by their unique id", tags);
    restarted = counter("restarted", "Runs that were lost, after which the job waited anew", tags);
    for (Outcome outcome : Outcome.values()) {
      Tags how = tags.and("outcome", value(outcome));
      ended.put(outcome, counter("ended", "Jobs that ended", how));
    }
    for (Priority priority : Priority.values()) {
      run.put(priority, new EnumMap<>(Outcome.class));
      levels(priority);
    }
    level("gearman.jobs.delayed", "Jobs not due yet", tags, ServerSnapshot.Function::delayed);
    level("gearman.jobs.running", "Jobs in workers", tags, ServerSnapshot.Function::running);
    workers("idle", ServerSnapshot.Function::idle);
    workers("busy", ServerSnapshot.Function::busy);
  }

  private static String value(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  // ---- gauges

  private void levels(Priority priority) {
    Tags ofPriority = tags.and("priority", value(priority));
    level(
        "gearman.jobs.waiting",
        "Jobs that wait for a worker",
        ofPriority,
        function -> queue(function, priority).waiting());
    keep(
        TimeGauge.builder(
                "gearman.jobs.oldest.wait",
                this,
                NANOSECONDS,
                meters -> meters.max(function -> queue(function, priority).oldest().toNanos()))
            .description("How long the first job of the queue has waited")
            .tags(ofPriority)
            .register(registry));
  }

  private static ServerSnapshot.Queue queue(ServerSnapshot.Function function, Priority priority) {
    return requireNonNull(function.queues().get(priority)); // every priority is there
  }

  private void workers(String state, ToIntFunction<ServerSnapshot.Function> count) {
    level(
        "gearman.function.workers",
        "Connections that can do the function",
        tags.and("state", state),
        count);
  }

  private void level(
      String name, String description, Tags tags, ToIntFunction<ServerSnapshot.Function> value) {
    keep(
        Gauge.builder(name, this, meters -> meters.functions.stream().mapToInt(value).sum())
            .description(description)
            .tags(tags)
            .register(registry));
  }

  private double max(ToLongFunction<ServerSnapshot.Function> value) {
    return functions.stream().mapToLong(value).max().orElse(0);
  }

  private <M extends Meter> M keep(M meter) {
    meters.add(meter);
    return meter;
  }

  /** What there is now of the functions that these meters are about. */
  void show(List<ServerSnapshot.Function> functions) {
    this.functions = functions;
  }

  // ---- counters and timers

  private Counter counter(String name, String description, Tags tags) {
    return keep(
        Counter.builder("gearman.jobs." + name)
            .description(description)
            .tags(tags)
            .register(registry));
  }

  void started(Priority priority, long nanos) {
    Timer timer = wait.get(priority);
    if (timer == null) {
      timer = timer("wait", "How long jobs waited", tags.and("priority", value(priority)));
      wait.put(priority, timer);
    }
    timer.record(nanos, NANOSECONDS);
  }

  void ended(Priority priority, Outcome outcome, long nanos) {
    ended(outcome);
    Map<Outcome, Timer> timers = requireNonNull(run.get(priority)); // every priority is there
    Timer timer = timers.get(outcome);
    if (timer == null) {
      timer = runTimer(priority, outcome);
      timers.put(outcome, timer);
    }
    timer.record(nanos, NANOSECONDS);
  }

  void ended(Outcome outcome) {
    requireNonNull(ended.get(outcome)).increment(); // every outcome is there
  }

  private Timer runTimer(Priority priority, Outcome outcome) {
    return timer(
        "run",
        "How long their last worker had jobs that ended",
        tags.and("priority", value(priority), "outcome", value(outcome)));
  }

  private Timer timer(String name, String description, Tags tags) {
    return keep(
        Timer.builder("gearman.job." + name)
            .description(description)
            .serviceLevelObjectives(BUCKETS)
            .tags(tags)
            .register(registry));
  }

  /** Takes all of them out of the registry. */
  void remove() {
    meters.forEach(registry::remove);
  }
}

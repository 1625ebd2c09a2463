// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import static io.micrometer.core.instrument.binder.BaseUnits.BYTES;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.gearman.server.Departure;
import io.gearman.server.ServerSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of a server as a whole: the last snapshot of it. */
final class ServerMeters {

  private final MeterRegistry registry;
  private final Tags tags;
  private final List<Meter> meters = new ArrayList<>();

  // Set on the event loop of the server, read by whoever reads the registry.
  private volatile @Nullable ServerSnapshot last;

  ServerMeters(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
  }

  void show(ServerSnapshot snapshot) {
    boolean first = last == null;
    last = snapshot;
    if (first) {
      register();
    }
  }

  private void register() {
    time("start.time", "When the server was started", now -> now.started().toEpochMilli());
    time(
        "uptime",
        "How long the server has run",
        now -> Duration.between(now.started(), now.taken()).toMillis());
    level("functions", "Functions that the server knows", null, now -> now.functions().size());
    level("queued", "What jobs take that have not ended", BYTES, ServerSnapshot::queuedBytes);
    level("standstills", "Idle workers that jobs wait for", null, now -> now.standstills().size());
    workers("idle", worker -> worker.running() == 0);
    workers("busy", worker -> worker.running() > 0);
    level("connections", "Open connections", null, ServerSnapshot::connections);
    count("received", "From all connections", BYTES, tags, ServerSnapshot::bytesReceived);
    count("sent", "To all connections", BYTES, tags, ServerSnapshot::bytesSent);
    for (Departure reason : Departure.values()) {
      count(
          "connections.departed",
          "Connections that are gone",
          null,
          tags.and("reason", reason.name().toLowerCase(Locale.ROOT)),
          now -> requireNonNull(now.departed().get(reason))); // every reason is there
    }
  }

  private void time(String name, String description, ToDoubleFunction<ServerSnapshot> millis) {
    meters.add(
        TimeGauge.builder("gearman.server." + name, this, MILLISECONDS, of(millis))
            .description(description)
            .tags(tags)
            .register(registry));
  }

  private void workers(String state, Predicate<ServerSnapshot.Worker> is) {
    level(
        "workers",
        "Connections that can do a function",
        null,
        tags.and("state", state),
        now -> now.workers().stream().filter(is).count());
  }

  private void level(
      String name,
      String description,
      @Nullable String unit,
      ToDoubleFunction<ServerSnapshot> value) {
    level(name, description, unit, tags, value);
  }

  private void level(
      String name,
      String description,
      @Nullable String unit,
      Tags tags,
      ToDoubleFunction<ServerSnapshot> value) {
    meters.add(
        Gauge.builder("gearman." + name, this, of(value))
            .description(description)
            .baseUnit(unit)
            .tags(tags)
            .register(registry));
  }

  private void count(
      String name,
      String description,
      @Nullable String unit,
      Tags tags,
      ToDoubleFunction<ServerSnapshot> value) {
    meters.add(
        FunctionCounter.builder("gearman." + name, this, of(value))
            .description(description)
            .baseUnit(unit)
            .tags(tags)
            .register(registry));
  }

  private static ToDoubleFunction<ServerMeters> of(ToDoubleFunction<ServerSnapshot> value) {
    return meters -> value.applyAsDouble(requireNonNull(meters.last)); // set before registration
  }

  /** Takes all of them out of the registry. */
  void remove() {
    meters.forEach(registry::remove);
    meters.clear();
  }
}

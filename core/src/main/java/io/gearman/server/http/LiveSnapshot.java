// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static java.util.Comparator.comparingInt;

import io.gearman.server.Outcome;
import io.gearman.server.ServerSnapshot;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/**
 * What the live page shows of a server, in JSON. Counts are since the start; the page makes rates.
 */
final class LiveSnapshot {

  /** Functions and workers that are shown; of more than that those with the most to do. */
  static final int MAX_ROWS = 2_000;

  private LiveSnapshot() {}

  static byte[] json(ServerSnapshot all) {
    return Json.object(
        json -> {
          json.writeNumberProperty("taken", all.taken().toEpochMilli());
          json.writeNumberProperty("started", all.started().toEpochMilli());
          json.writeBooleanProperty("draining", all.draining());
          json.writeNumberProperty("queuedBytes", all.queuedBytes());
          json.writeNumberProperty("connections", all.connections());
          json.writeNumberProperty("bytesReceived", all.bytesReceived());
          json.writeNumberProperty("bytesSent", all.bytesSent());
          Standstills.write(json, all.standstills());
          totals(json, all);
          json.writeArrayPropertyStart("functions");
          most(all.functions(), comparingInt(one -> -one.waiting() - one.running()))
              .forEach(one -> function(json, one));
          json.writeEndArray();
          json.writeArrayPropertyStart("workers");
          most(all.workers(), comparingInt(one -> -one.running()))
              .forEach(one -> worker(json, one));
          json.writeEndArray();
        });
  }

  private static <T> List<T> most(List<T> rows, Comparator<T> order) {
    return rows.size() <= MAX_ROWS ? rows : rows.stream().sorted(order).limit(MAX_ROWS).toList();
  }

  /** Of all functions and workers, those included that are not shown. */
  private static void totals(JsonGenerator json, ServerSnapshot all) {
    json.writeObjectPropertyStart("totals");
    json.writeNumberProperty("functions", all.functions().size());
    json.writeNumberProperty("workers", all.workers().size());
    json.writeNumberProperty("busy", all.workers().stream().filter(w -> w.running() > 0).count());
    json.writeNumberProperty(
        "waiting", all.functions().stream().mapToLong(ServerSnapshot.Function::waiting).sum());
    json.writeNumberProperty(
        "delayed", all.functions().stream().mapToLong(ServerSnapshot.Function::delayed).sum());
    json.writeNumberProperty(
        "running", all.functions().stream().mapToLong(ServerSnapshot.Function::running).sum());
    json.writeNumberProperty(
        "oldest",
        all.functions().stream()
            .map(LiveSnapshot::oldest)
            .mapToLong(Duration::toMillis)
            .max()
            .orElse(0));
    json.writeEndObject();
  }

  private static Duration oldest(ServerSnapshot.Function function) {
    return function.queues().values().stream()
        .map(ServerSnapshot.Queue::oldest)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private static void function(JsonGenerator json, ServerSnapshot.Function one) {
    json.writeStartObject();
    json.writeStringProperty("name", one.name());
    one.queues()
        .forEach(
            (priority, queue) ->
                json.writeNumberProperty(
                    priority.name().toLowerCase(Locale.ROOT), queue.waiting()));
    json.writeNumberProperty("oldest", oldest(one).toMillis());
    json.writeNumberProperty("delayed", one.delayed());
    json.writeNumberProperty("running", one.running());
    json.writeNumberProperty("idle", one.idle());
    json.writeNumberProperty("busy", one.busy());
    json.writeNumberProperty("submitted", one.submitted());
    json.writeNumberProperty("ended", count(one, outcome -> true));
    json.writeNumberProperty("failed", count(one, outcome -> outcome != Outcome.COMPLETED));
    json.writeEndObject();
  }

  private static long count(ServerSnapshot.Function one, Predicate<Outcome> counted) {
    return one.ended().entrySet().stream()
        .filter(outcome -> counted.test(outcome.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private static void worker(JsonGenerator json, ServerSnapshot.Worker one) {
    json.writeStartObject();
    json.writeNumberProperty("connection", one.connection());
    json.writeStringProperty("address", one.address());
    json.writeStringProperty("clientId", one.clientId());
    json.writeNumberProperty("functions", one.functions());
    json.writeNumberProperty("running", one.running());
    json.writeNumberProperty("silent", one.silence().toSeconds());
    json.writeEndObject();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Functions that share connections: those without limits of their own, or a single one that has
 * some. Confined to the event loop of the worker, hence the plain field.
 */
final class Lane {

  private final Slots slots;
  private final String namespace; // which servers have before each name
  private final Map<String, WorkerFunction> functions = new LinkedHashMap<>();
  private int free; // of the worker's slots, for these functions

  Lane(Slots slots, int limit) {
    this(slots, limit, "");
  }

  Lane(Slots slots, int limit, String namespace) {
    this.slots = slots;
    this.namespace = namespace;
    this.free = limit;
  }

  static List<Lane> of(Slots slots, WorkerSettings settings) {
    String namespace = settings.namespace();
    Lane shared = new Lane(slots, settings.concurrency(), namespace);
    List<Lane> lanes = new ArrayList<>();
    settings
        .functions()
        .forEach(
            (name, its) -> {
              int limit = its.settings().concurrency();
              Duration timeout = its.settings().timeout();
              boolean own = limit != 0 || !timeout.isZero();
              Lane lane =
                  own
                      ? new Lane(slots, limit == 0 ? settings.concurrency() : limit, namespace)
                      : shared;
              lane.add(
                  new WorkerFunction(
                      name,
                      its.function(),
                      timeout.isZero() ? settings.timeout() : timeout,
                      !timeout.isZero()));
              if (own) {
                lanes.add(lane);
              }
            });
    if (!shared.functions.isEmpty()) {
      lanes.add(0, shared);
    }
    return lanes;
  }

  Lane add(WorkerFunction function) {
    functions.put(function.name(), function);
    return this;
  }

  Iterable<WorkerFunction> functions() {
    return functions.values();
  }

  @Nullable WorkerFunction function(String name) {
    return functions.get(name);
  }

  /** What servers know a function by. */
  String onWire(String name) {
    return namespace + name;
  }

  /** The name of a function that servers know by this one. */
  String withoutNamespace(String onWire) {
    return onWire.startsWith(namespace) ? onWire.substring(namespace.length()) : onWire;
  }

  /** Whether a server keeps time for these functions, and may do so for each connection only. */
  boolean hasServerTimeout() {
    return functions.values().stream().anyMatch(WorkerFunction::hasServerTimeout);
  }

  Slots slots() {
    return slots;
  }

  boolean take() {
    if (free == 0 || !slots.take()) {
      return false;
    }
    free--;
    return true;
  }

  void giveBack() {
    free++;
    slots.giveBack();
  }
}

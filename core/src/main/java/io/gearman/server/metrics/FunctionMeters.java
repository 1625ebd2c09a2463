// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import io.gearman.server.ServerSnapshot;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which functions have meters of their own, and which share some. */
final class FunctionMeters {

  private final MeterRegistry registry;
  private final Tags tags;
  private final int max;
  private final Map<String, JobMeters> byName = new HashMap<>(); // the first that were named
  private final Map<String, JobMeters> byTag = new HashMap<>(); // the same meters
  private @Nullable JobMeters others; // null as long as there are none

  FunctionMeters(MeterRegistry registry, Tags tags, int max) {
    this.registry = registry;
    this.tags = tags;
    this.max = max;
  }

  /** Asked with every event of a job. */
  JobMeters of(String function) {
    JobMeters own = byName.get(function);
    if (own != null) {
      return own;
    }
    return byName.size() < max ? ownOf(function) : others();
  }

  private JobMeters ownOf(String function) {
    JobMeters own = byTag.computeIfAbsent(FunctionTag.of(function), this::create);
    byName.put(function, own);
    return own;
  }

  private JobMeters others() {
    JobMeters shared = others;
    if (shared == null) {
      shared = create(FunctionTag.OTHERS);
      others = shared;
    }
    return shared;
  }

  private JobMeters create(String tag) {
    return new JobMeters(registry, tags.and("function", tag));
  }

  /** What there is now; functions that are gone make room for others. */
  void show(List<ServerSnapshot.Function> functions) {
    forgetAllBut(functions);
    Map<JobMeters, List<ServerSnapshot.Function>> shown = new HashMap<>();
    for (ServerSnapshot.Function function : functions) {
      shown.computeIfAbsent(of(function.name()), meters -> new ArrayList<>()).add(function);
    }
    if (others != null) {
      shown.putIfAbsent(others, List.of());
    }
    shown.forEach(JobMeters::show);
  }

  private void forgetAllBut(List<ServerSnapshot.Function> functions) {
    byName
        .keySet()
        .retainAll(
            functions.stream().map(ServerSnapshot.Function::name).collect(Collectors.toSet()));
    Set<JobMeters> left = new HashSet<>(byName.values());
    byTag
        .values()
        .removeIf(
            meters -> {
              boolean gone = !left.contains(meters);
              if (gone) {
                meters.remove();
              }
              return gone;
            });
  }

  /** Takes all of them out of the registry. */
  void remove() {
    byName.clear();
    byTag.values().forEach(JobMeters::remove);
    byTag.clear();
    if (others != null) {
      others.remove();
      others = null;
    }
  }
}

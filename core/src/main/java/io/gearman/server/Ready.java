// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.util.Objects.requireNonNull;

import io.gearman.Priority;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The functions that have jobs waiting, by priority: a worker that knows thousands asks here. */
final class Ready {

  private final Map<Priority, Set<FunctionQueue>> byPriority = new EnumMap<>(Priority.class);

  Ready() {
    for (Priority priority : Priority.values()) {
      byPriority.put(priority, new LinkedHashSet<>());
    }
  }

  Set<FunctionQueue> functions(Priority priority) {
    return requireNonNull(byPriority.get(priority));
  }
}

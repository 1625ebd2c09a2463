// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.util.Objects.requireNonNull;

import io.gearman.Priority;
import java.util.EnumMap;
import java.util.Map;

/** The queues of all functions that have jobs waiting, by priority. */
final class Ready {

  /** Those of one priority, in the order in which they came to have jobs. */
  static final class Line {

    final Chain<JobQueue> queues = new Chain<>();
    private long last;

    void add(JobQueue queue) {
      queue.since = ++last;
      queues.addLast(queue);
    }

    /** How many of them at most came after this one. */
    long countSince(long number) {
      return Math.min(queues.size(), last - number);
    }

    /** The number of the one that came last. */
    long last() {
      return last;
    }
  }

  private final Map<Priority, Line> byPriority = new EnumMap<>(Priority.class);

  Ready() {
    for (Priority priority : Priority.values()) {
      byPriority.put(priority, new Line());
    }
  }

  Line line(Priority priority) {
    return requireNonNull(byPriority.get(priority));
  }
}

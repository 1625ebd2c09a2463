// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.util.Objects.requireNonNull;

import io.gearman.Priority;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The queues of all functions that have jobs waiting, by priority. */
final class Ready {

  /** Those of one priority, in the order in which they came to have jobs. */
  static final class Line {

    private final Chain<JobQueue> queues = new Chain<>();
    private long last;

    void add(JobQueue queue) {
      queue.since = ++last;
      queues.addLast(queue);
    }

    /** How many of them at most came after this one. */
    long countSince(long number) {
      return Math.min(queues.size(), last - number);
    }

    /** The first of them that came after this one, or null if none did. */
    @Nullable JobQueue after(long number) {
      JobQueue after = null;
      for (JobQueue each = queues.last();
          each != null && each.since > number;
          each = each.previous) {
        after = each;
      }
      return after;
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

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobEvent;
import java.util.ArrayDeque;

/** The events of one job that its subscriber has not requested yet, and how much they are. */
final class WaitingEvents {

  private static final int EVENT_COST = 64;

  private final ArrayDeque<JobEvent> events = new ArrayDeque<>(2);
  private long bytes;
  private int data;

  boolean isEmpty() {
    return events.isEmpty();
  }

  /** What they count as against the buffer limit. */
  long bytes() {
    return bytes;
  }

  /** How many of them a worker may only send on demand. */
  int data() {
    return data;
  }

  /** Progress takes the place of progress that came just before it. */
  void add(JobEvent event) {
    if (event instanceof JobEvent.Status && events.peekLast() instanceof JobEvent.Status) {
      events.removeLast();
      bytes -= EVENT_COST;
    }
    events.add(event);
    bytes += cost(event);
    data += takesDemand(event) ? 1 : 0;
  }

  JobEvent remove() {
    JobEvent event = events.remove();
    bytes -= cost(event);
    data -= takesDemand(event) ? 1 : 0;
    return event;
  }

  private static boolean takesDemand(JobEvent event) {
    return event instanceof JobEvent.Data || event instanceof JobEvent.Warning;
  }

  private static int cost(JobEvent event) {
    int length = 0;
    if (event instanceof JobEvent.Data data) {
      length = data.bytes().length;
    } else if (event instanceof JobEvent.Warning warning) {
      length = warning.bytes().length;
    } else if (event instanceof JobEvent.Completed completed) {
      length = completed.bytes().length;
    }
    return EVENT_COST + length;
  }
}

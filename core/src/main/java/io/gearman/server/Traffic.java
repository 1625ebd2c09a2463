// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What went over all connections of a server, and how they ended. Adders, since connections may
 * live on event loops of their own.
 */
final class Traffic {

  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final Map<Departure, LongAdder> departed = new EnumMap<>(Departure.class);

  Traffic() {
    for (Departure reason : Departure.values()) {
      departed.put(reason, new LongAdder());
    }
  }

  void received(int bytes) {
    received.add(bytes);
  }

  void sent(int bytes) {
    sent.add(bytes);
  }

  void departed(Departure reason) {
    requireNonNull(departed.get(reason)).increment(); // every reason is there
  }

  long bytesReceived() {
    return received.sum();
  }

  long bytesSent() {
    return sent.sum();
  }

  Map<Departure, Long> departed() {
    Map<Departure, Long> counts = new EnumMap<>(Departure.class);
    departed.forEach((reason, count) -> counts.put(reason, count.sum()));
    return counts;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.EnumMap;
import java.util.Map;

/** What has become of the jobs of one function. */
final class Tally {

  long submitted;
  long joined;
  long restarted;
  private long completed;
  private long failed;
  private long exceptions;
  private long cancelled;
  private long givenUp;

  void ended(Outcome outcome) {
    switch (outcome) {
      case COMPLETED -> completed++;
      case FAILED -> failed++;
      case EXCEPTION -> exceptions++;
      case CANCELLED -> cancelled++;
      case GIVEN_UP -> givenUp++;
    }
  }

  Map<Outcome, Long> ended() {
    Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
    counts.put(Outcome.COMPLETED, completed);
    counts.put(Outcome.FAILED, failed);
    counts.put(Outcome.EXCEPTION, exceptions);
    counts.put(Outcome.CANCELLED, cancelled);
    counts.put(Outcome.GIVEN_UP, givenUp);
    return counts;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import static io.gearman.protocol.PacketType.GRAB_JOB_UNIQ;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;

import io.gearman.protocol.Packet;
import io.gearman.testkit.WireClient;
import java.time.Duration;

/** What a plain worker does to get a job that may not be there yet. */
final class WireEvents {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private WireEvents() {}

  /** Grabs, and sleeps until it is woken whenever there is nothing. */
  static Packet grabWhenThereIsOne(WireClient worker) {
    Packet answer = worker.request(GRAB_JOB_UNIQ).receive();
    while (answer.type() == NO_JOB) {
      worker.request(PRE_SLEEP).receive(NOOP);
      answer = worker.request(GRAB_JOB_UNIQ).receive();
    }
    return answer;
  }

  /** Grabs again and again, since gearmand can lose the wake-up when a timeout has passed. */
  static Packet grabUntilThereIsOne(WireClient worker) {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (System.nanoTime() < deadline) {
      Packet answer = worker.request(GRAB_JOB_UNIQ).receive();
      if (answer.type() != NO_JOB) {
        return answer;
      }
    }
    throw new AssertionError("No job came within " + BOUND);
  }
}

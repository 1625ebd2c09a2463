// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CANT_DO;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A server that wakes no more than one worker for a job. */
class BrokerWakeUpTest extends BrokerFixture {

  BrokerWakeUpTest() {
    super(new ServerSettings().with(settings -> settings.workerWakeup = 1));
  }

  private Connection sleeper(String... functions) {
    return worker(functions).sends(PRE_SLEEP);
  }

  private String submits() {
    return connect().submits(SUBMIT_JOB_BG, "f", "", "");
  }

  @Test
  void workersAreWokenInTurn() {
    List<Connection> workers = IntStream.range(0, 3).mapToObj(i -> sleeper("f")).toList();
    for (int job = 0; job < 6; job++) {
      submits();
      for (int i = 0; i < 3; i++) {
        if (i == job % 3) {
          workers.get(i).hears(NOOP);
          workers.get(i).grabs();
          workers.get(i).sends(PRE_SLEEP);
        } else {
          workers.get(i).hearsNothing();
        }
      }
    }
  }

  @Test
  void eachJobWakesOneMore() {
    Connection one = sleeper("f");
    Connection other = sleeper("f");
    submits();
    submits();
    one.hears(NOOP);
    other.hears(NOOP);
  }

  @Test
  void aWorkerThatLeavesInsteadOfComingForTheJobIsReplaced() {
    Connection gone = sleeper("f");
    Connection other = sleeper("f");
    submits();
    gone.hears(NOOP);
    gone.leaves();
    other.hears(NOOP);
    other.grabs();
  }

  @Test
  void aWorkerThatGivesTheFunctionUpInsteadIsReplaced() {
    Connection unwilling = sleeper("f", "g");
    Connection other = sleeper("f");
    submits();
    unwilling.hears(NOOP);
    unwilling.sends(CANT_DO, "f");
    other.hears(NOOP);
  }

  @Test
  void aWorkerThatLeavesWhenItHasGrabbedWakesNobodyForNothing() {
    Connection worker = sleeper("f");
    Connection other = sleeper("f");
    String handle = submits();
    worker.hears(NOOP);
    worker.grabs();
    other.hearsNothing();
    worker.leaves(); // which returns the job
    other.hears(NOOP);
    assertThat(connect().says("show jobs")).startsWith(handle);
  }
}

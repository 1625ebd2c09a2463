// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Jobs whose clients are gone before a worker came. */
class BrokerAbandonedJobsTest extends BrokerFixture {

  @Test
  void aWorkerThatWouldSleepOnAnAbandonedJobLosesNoOther() { // SE-04
    Connection leaving = connect();
    leaving.submits(SUBMIT_JOB, "a", "", "abandoned");
    leaving.leaves();
    connect().submits(SUBMIT_JOB_HIGH_BG, "b", "", "kept");
    Connection worker = worker("b", "a");
    worker.sends(PRE_SLEEP).hears(NOOP);
    assertThat(worker.grabs()).isEqualTo("kept");
    worker.sends(GRAB_JOB).hears(NO_JOB);
  }

  @Test
  void anAbandonedJobWakesNobody() {
    Connection leaving = connect();
    leaving.submits(SUBMIT_JOB, "f", "", "");
    leaving.leaves();
    worker("f").sends(PRE_SLEEP).hearsNothing();
  }

  @Test
  void aClientThatComesAfterTheLastOneLeftGetsAJobOfItsOwn() { // SE-02
    Connection leaving = connect();
    String abandoned = leaving.submits(SUBMIT_JOB, "f", "u", "first");
    leaving.leaves();
    assertThat(connect().submits(SUBMIT_JOB, "f", "u", "second")).isNotEqualTo(abandoned);
    assertThat(worker("f").grabs()).isEqualTo("second");
  }
}

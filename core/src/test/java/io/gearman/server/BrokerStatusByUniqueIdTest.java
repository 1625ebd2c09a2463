// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.GET_STATUS_UNIQUE;
import static io.gearman.protocol.PacketType.STATUS_RES_UNIQUE;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_STATUS;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GET_STATUS_UNIQUE, whose answer begins with the unique id. */
class BrokerStatusByUniqueIdTest extends BrokerFixture {

  private void expect(String unique, String... status) {
    String[] answer = new String[1 + status.length];
    answer[0] = unique;
    System.arraycopy(status, 0, answer, 1, status.length);
    connect().sends(GET_STATUS_UNIQUE, unique).hears(STATUS_RES_UNIQUE, answer);
  }

  @Test
  void theStatusOfAJobFollowsItsLife() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "1");
    expect("u", "1", "0", "0", "0", "1");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_STATUS, handle, "3", "10");
    expect("u", "1", "1", "3", "10", "1");
    worker.sends(WORK_COMPLETE, handle, "");
    expect("u", "0", "0", "0", "0", "0");
  }

  @Test
  void allWhoWaitAreCountedEachSubmissionOnce() {
    Connection client = connect();
    client.submits(SUBMIT_JOB, "f", "u", "1");
    client.submits(SUBMIT_JOB, "f", "u", "1");
    connect().submits(SUBMIT_JOB, "f", "u", "1");
    expect("u", "1", "0", "0", "0", "3");
    connect().submits(SUBMIT_JOB_BG, "f", "u", "1");
    expect("u", "1", "0", "0", "0", "3");
  }

  @Test
  void aBackgroundJobHasNoListeners() {
    connect().submits(SUBMIT_JOB_BG, "f", "u", "1");
    expect("u", "1", "0", "0", "0", "0");
  }

  @Test
  void ofSeveralFunctionsTheNewestJobCounts() {
    connect().submits(SUBMIT_JOB_BG, "g", "u", "1");
    connect().submits(SUBMIT_JOB, "f", "u", "1");
    expect("u", "1", "0", "0", "0", "1");
    connect().submits(SUBMIT_JOB_BG, "a", "u", "1");
    expect("u", "1", "0", "0", "0", "0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "work",
        "x",
        "a unique id of more than sixty-four bytes, which no job has"
      })
  void whatIsNoUniqueIdOfAJobIsUnknown(String unique) {
    connect().submits(SUBMIT_JOB_BG, "f", "-", "work");
    connect().submits(SUBMIT_JOB_BG, "f", "", "x");
    expect(unique, "0", "0", "0", "0", "0");
  }

  @Test
  void whatFollowsANulIsIgnored() {
    connect().submits(SUBMIT_JOB_BG, "f", "u", "1");
    connect()
        .sends(GET_STATUS_UNIQUE, "u\0v")
        .hears(STATUS_RES_UNIQUE, "u", "1", "0", "0", "0", "0");
  }
}

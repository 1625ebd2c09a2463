// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GET_STATUS;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.STATUS_RES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.protocol.PacketType.WORK_WARNING;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.PacketType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to jobs and to those who wait for them. */
class BrokerJobsTest extends BrokerFixture {

  private static final String UNIQUE_64 = "u".repeat(64);

  @Test
  void whatTheWorkerSendsReachesTheClientUnchangedAndInOrder() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    worker
        .sends(WORK_DATA, handle, "da\0ta")
        .sends(WORK_WARNING, handle, "")
        .sends(WORK_STATUS, handle, "1", "2");
    worker.sends(WORK_COMPLETE, handle, "end");
    client.hears(
        response(WORK_DATA, handle, "da\0ta"),
        response(WORK_WARNING, handle, ""),
        response(WORK_STATUS, handle, "1", "2"),
        response(WORK_COMPLETE, handle, "end"));
    worker.hearsNothing();
  }

  @Test
  void aBackgroundJobTellsNobody() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB_BG, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_DATA, handle, "data").sends(WORK_COMPLETE, handle, "end");
    client.hearsNothing();
  }

  @Test
  void equalUniqueIdsOfOneFunctionShareAJobAndTheFirstWorkload() {
    Connection one = connect();
    Connection other = connect();
    String handle = one.submits(SUBMIT_JOB, "f", "u", "first");
    assertThat(other.submits(SUBMIT_JOB_HIGH, "f", "u", "second")).isEqualTo(handle);
    Connection worker = worker("f");
    assertThat(worker.grabs()).isEqualTo("first");
    worker.sends(GRAB_JOB).hears(NO_JOB);
    worker.sends(WORK_COMPLETE, handle, "end");
    one.hears(WORK_COMPLETE, handle, "end");
    other.hears(WORK_COMPLETE, handle, "end");
  }

  @Test
  void aRunningJobCanBeJoinedAndItsPastIsNotRepeated() {
    Connection one = connect();
    String handle = one.submits(SUBMIT_JOB, "f", "u", "1");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_DATA, handle, "past");
    Connection late = connect();
    assertThat(late.submits(SUBMIT_JOB, "f", "u", "1")).isEqualTo(handle);
    worker.sends(WORK_DATA, handle, "future");
    late.hears(WORK_DATA, handle, "future");
  }

  @Test
  void twoSubmissionsOnOneConnectionGetTwoCopies() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "1");
    client.submits(SUBMIT_JOB, "f", "u", "1");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_COMPLETE, handle, "end");
    client.hears(response(WORK_COMPLETE, handle, "end"), response(WORK_COMPLETE, handle, "end"));
  }

  @ParameterizedTest(
      name = "unique \"{0}\" and \"{1}\" with \"{2}\" and \"{3}\": the same job is {4}")
  @CsvSource({
    "'', '', same, same, false",
    "-, -, same, same, true",
    "-, -, one, other, false",
    "-, -, '', '', false",
    "u, u, one, other, true",
    "u, v, same, same, false",
  })
  void uniqueIdsDecideWhichSubmissionsMeet(
      String unique, String otherUnique, String workload, String otherWorkload, boolean same) {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", unique, workload);
    String other = connect().submits(SUBMIT_JOB_BG, "f", otherUnique, otherWorkload);
    assertThat(handle.equals(other)).isEqualTo(same);
  }

  @Test
  void equalUniqueIdsOfDifferentFunctionsAreDifferentJobs() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "u", "");
    assertThat(connect().submits(SUBMIT_JOB_BG, "g", "u", "")).isNotEqualTo(handle);
  }

  @Test
  void uniqueIdsOf64BytesCountInFull() { // SE-09
    String handle = connect().submits(SUBMIT_JOB_BG, "f", UNIQUE_64, "1");
    assertThat(connect().submits(SUBMIT_JOB_BG, "f", UNIQUE_64, "1")).isEqualTo(handle);
    assertThat(worker("f").grabs()).isEqualTo("1");
  }

  @Test
  void longerUniqueIdsAreRefused() {
    connect()
        .sends(SUBMIT_JOB, "f", UNIQUE_64 + "u", "1")
        .hears(ERROR, "ARGUMENT_TOO_LARGE", "Unique value too large");
  }

  @Test
  void aUniqueIdIsFreeAgainWhenItsJobHasEnded() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "u", "1");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_COMPLETE, handle, "");
    assertThat(connect().submits(SUBMIT_JOB_BG, "f", "u", "1")).isNotEqualTo(handle);
  }

  @Test
  void exceptionsReachThoseWhoAskedForThemAndFailTheOthers() { // SE-08
    Connection plain = connect();
    Connection asking = connect().sends(OPTION_REQ, "Exceptions");
    asking.hears(OPTION_RES, "Exceptions");
    String handle = plain.submits(SUBMIT_JOB, "f", "u", "1");
    asking.submits(SUBMIT_JOB, "f", "u", "1");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_EXCEPTION, handle, "boom");
    asking.hears(WORK_EXCEPTION, handle, "boom");
    plain.hears(WORK_FAIL, handle);
    worker
        .sends(WORK_FAIL, handle)
        .hears(ERROR, "JOB_NOT_FOUND", "Job given in work result not found");
  }

  @Test
  void unknownOptionsAreRefused() {
    connect()
        .sends(OPTION_REQ, "nonsense")
        .hears(ERROR, "UNKNOWN_OPTION", "Server does not recognize given option");
  }

  @ParameterizedTest
  @EnumSource(names = {"WORK_DATA", "WORK_WARNING", "WORK_COMPLETE", "WORK_EXCEPTION"})
  void resultsOfAJobThatTheWorkerDoesNotHoldAreRefused(PacketType type) {
    String queued = connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    String text =
        switch (type) {
          case WORK_DATA, WORK_WARNING -> "Job does not exist on server";
          case WORK_EXCEPTION -> "An exception was received for a job that does not exist";
          default -> "Job given in work result not found";
        };
    worker("f").sends(type, queued, "x").hears(ERROR, "JOB_NOT_FOUND", text);
    worker("f").sends(type, "H:test:1:99", "x").hears(ERROR, "JOB_NOT_FOUND", text);
    worker("f").sends(type, "", "x").hears(ERROR, "JOB_NOT_FOUND", text);
  }

  @Test
  void aWaitingJobGoesWithItsLastClient() { // SE-30
    Connection one = connect();
    Connection other = connect();
    String handle = one.submits(SUBMIT_JOB, "f", "u", "1");
    other.submits(SUBMIT_JOB, "f", "u", "1");
    one.leaves();
    assertThat(connect().says("status")).isEqualTo("f\t1\t0\t0\n.\n");
    other.leaves();
    assertThat(connect().says("status")).isEqualTo("f\t0\t0\t0\n.\n");
    connect().sends(GET_STATUS, handle).hears(STATUS_RES, handle, "0", "0", "0", "0");
  }

  @Test
  void aRunningJobWithoutClientsGoesOnAndCanBeJoined() { // SE-02
    Connection gone = connect();
    String handle = gone.submits(SUBMIT_JOB, "f", "u", "1");
    Connection worker = worker("f");
    worker.grabs();
    gone.leaves();
    worker.sends(WORK_DATA, handle, "unheard").hearsNothing();
    Connection late = connect();
    assertThat(late.submits(SUBMIT_JOB, "f", "u", "1")).isEqualTo(handle);
    worker.sends(WORK_COMPLETE, handle, "end");
    late.hears(WORK_COMPLETE, handle, "end");
  }

  @Test
  void aJobThatLostItsClientsAndThenItsWorkerIsNotRunAgain() {
    Connection client = connect();
    client.submits(SUBMIT_JOB, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    client.leaves();
    worker.leaves();
    worker("f").sends(GRAB_JOB).hears(NO_JOB);
  }

  @Test
  void aBackgroundJobOutlivesTheForegroundClientThatJoinedIt() { // SE-02
    connect().submits(SUBMIT_JOB_BG, "f", "u", "1");
    Connection joined = connect();
    joined.submits(SUBMIT_JOB, "f", "u", "1");
    joined.leaves();
    assertThat(worker("f").grabs()).isEqualTo("1");
  }

  @Test
  void aForegroundJobThatABackgroundSubmissionJoinedOutlivesItsClient() { // SE-03
    Connection client = connect();
    client.submits(SUBMIT_JOB, "f", "u", "1");
    connect().submits(SUBMIT_JOB_BG, "f", "u", "1");
    client.leaves();
    assertThat(worker("f").grabs()).isEqualTo("1");
  }

  @Test
  void aConnectionThatRunsItsOwnJobTakesItAlongWhenItLeaves() {
    Connection both = worker("f");
    both.submits(SUBMIT_JOB, "f", "", "1");
    both.grabs();
    both.leaves();
    assertThat(connect().says("status")).isEqualTo("f\t0\t0\t0\n.\n");
  }

  @Test
  void theStatusOfAJobFollowsItsLife() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB_BG, "f", "", "1");
    client.sends(GET_STATUS, handle).hears(STATUS_RES, handle, "1", "0", "0", "0");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_STATUS, handle, "3", "10");
    client.sends(GET_STATUS, handle + "\0rest").hears(STATUS_RES, handle, "1", "1", "3", "10");
    worker.leaves();
    client.sends(GET_STATUS, handle).hears(STATUS_RES, handle, "1", "0", "0", "0");
    Connection next = worker("f");
    next.grabs();
    next.sends(WORK_COMPLETE, handle, "");
    client.sends(GET_STATUS, handle).hears(STATUS_RES, handle, "0", "0", "0", "0");
  }

  @ParameterizedTest
  @CsvSource({
    "abc, 0",
    "'', 0",
    "-1, 0",
    "1.5, 1",
    "12zz, 12",
    "99999999999999999999, 9223372036854775807"
  })
  void progressThatIsNoNumberIsReadAsFarAsItGoes(String sent, String read) {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "1");
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_STATUS, handle, sent, "10");
    client.hears(WORK_STATUS, handle, sent, "10");
    client.sends(GET_STATUS, handle).hears(STATUS_RES, handle, "1", "1", read, "10");
  }

  @Test
  void handlesOfOtherServersAreUnknown() {
    connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    for (String handle :
        new String[] {
          "H:test:2:1", "H:test:1:", "H:test:1:1x", "H:test:1:-1", "", "H:test:1:" + "9".repeat(30)
        }) {
      connect().sends(GET_STATUS, handle).hears(STATUS_RES, handle, "0", "0", "0", "0");
    }
  }

  @Test
  void namesNeedNotBeText() {
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "\u00ff\u00fe", "\u0080", "1");
    Connection worker = connect().sends(CAN_DO, "\u00ff\u00fe").sends(PacketType.GRAB_JOB_UNIQ);
    worker.hears(PacketType.JOB_ASSIGN_UNIQ, handle, "\u00ff\u00fe", "\u0080", "1");
  }
}

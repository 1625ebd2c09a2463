// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW_BG;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text protocol, byte by byte. */
class BrokerTextTest extends BrokerFixture {

  private static final String END = ".\n";
  private static final String OK = "OK\r\n";

  private final Connection admin = connect();

  private static String incomplete(String command) {
    return "ERR INVALID_ARGUMENTS An+incomplete+set+of+arguments+was+sent+to+this+command+"
        + command
        + "\r\n";
  }

  private static String unknown(String word) {
    return "ERR UNKNOWN_COMMAND Unknown+server+command" + word + "\r\n";
  }

  // ---- tables

  @Test
  void statusCountsAllJobsRunningOnesAndWorkers() {
    submitOneOfEachPriority();
    Connection worker = worker("f", "idle");
    worker.grabs();
    assertThat(admin.says("status")).isEqualTo("f\t3\t1\t1\nidle\t0\t0\t1\n.\n");
  }

  @Test
  void priorityStatusCountsWaitingJobs() {
    submitOneOfEachPriority();
    Connection worker = worker("f");
    worker.grabs();
    assertThat(admin.says("prioritystatus")).isEqualTo("f\t0\t1\t1\t1\n.\n");
  }

  private void submitOneOfEachPriority() {
    Connection client = connect();
    client.submits(SUBMIT_JOB_HIGH_BG, "f", "", "");
    client.submits(SUBMIT_JOB_BG, "f", "", "");
    client.submits(SUBMIT_JOB_LOW_BG, "f", "", "");
  }

  @Test
  void workersListsAllConnectionsAndTheirFunctionsNewestFirst() {
    connect().sends(SET_CLIENT_ID, "me").sends(CAN_DO, "f").sends(CAN_DO, "g");
    connect().leaves();
    assertThat(admin.says("workers")).isEqualTo("1 127.0.0.1 - :\n2 127.0.0.1 me : g f\n.\n");
  }

  @ParameterizedTest
  @CsvSource({"'a b\tc\nd', abcd", "'', -", "' \n', -"})
  void aClientIdCannotBreakALine(String id, String shown) { // SE-18
    connect().sends(SET_CLIENT_ID, id);
    assertThat(admin.says("workers")).contains("2 127.0.0.1 " + shown + " :\n");
  }

  @Test
  void aClientIdIsCutWhereGearmandCutsIt() {
    connect().sends(SET_CLIENT_ID, "x".repeat(1_000));
    assertThat(admin.says("workers")).contains(" " + "x".repeat(127) + " :");
  }

  @Test
  void aFunctionNameCannotBreakALineOrAColumn() { // SE-18
    worker("a\tb\nc d");
    assertThat(admin.says("status")).isEqualTo("a_b_c d\t0\t0\t1\n.\n");
    assertThat(admin.says("workers")).contains(" : a_b_c_d\n");
  }

  @Test
  void jobsAreShownWithTheirRunsAndWhetherAnybodyWantsThem() {
    Connection client = connect();
    String wanted = client.submits(SUBMIT_JOB, "f", "u", "");
    Connection leaving = connect();
    String unwanted = leaving.submits(SUBMIT_JOB, "g", "", "");
    Connection worker = worker("f", "g");
    worker.grabs();
    worker.grabs();
    leaving.leaves();
    assertThat(admin.says("show jobs"))
        .isEqualTo(wanted + "\t0\t0\t0\n" + unwanted + "\t0\t1\t0\n.\n");
    assertThat(admin.says("show unique jobs")).isEqualTo("u\n\n.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "prioritystatus", "show jobs", "show unique jobs"})
  void anEmptyTableIsItsEnd(String command) {
    assertThat(admin.says(command)).isEqualTo(END);
  }

  // ---- cancel job

  @Test
  void cancellingAWaitingJobFailsItAndItIsGone() { // SE-29
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "");
    assertThat(admin.says("cancel job " + handle)).isEqualTo(OK);
    client.hears(WORK_FAIL, handle);
    assertThat(admin.says("status")).isEqualTo("f\t0\t0\t0\n.\n");
    assertThat(admin.says("cancel job " + handle)).isEqualTo("ERR UNKNOWN_JOB\r\n");
    client.hearsNothing();
  }

  @Test
  void cancellingARunningJobFailsItOnceWhateverItsWorkerSends() { // SE-29
    Connection client = connect();
    String handle = client.submits(SUBMIT_JOB, "f", "u", "");
    Connection worker = worker("f");
    worker.grabs();
    assertThat(admin.says("cancel job " + handle)).isEqualTo(OK);
    assertThat(admin.says("cancel job " + handle)).isEqualTo(OK);
    client.hears(WORK_FAIL, handle);
    worker.sends(WORK_COMPLETE, handle, "").hearsNothing();
    client.hearsNothing();
    assertThat(admin.says("status")).isEqualTo("f\t0\t0\t1\n.\n");
  }

  @Test
  void theWorkerOfACancelledJobIsToldIfItSpeaksFlow() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "", "");
    Connection worker = flowWorker("f").sends(GRAB_JOB_ALL);
    worker.outlet.sent();
    admin.says("cancel job " + handle);
    worker.hears(WORK_CANCEL, handle);
  }

  @Test
  void aCancelledJobIsNotJoinedByThoseWhoComeLater() {
    Connection client = connect();
    String cancelled = client.submits(SUBMIT_JOB, "f", "u", "");
    worker("f").grabs();
    admin.says("cancel job " + cancelled);
    assertThat(connect().submits(SUBMIT_JOB, "f", "u", "")).isNotEqualTo(cancelled);
  }

  @Test
  void aCancelledBackgroundJobIsNotRunAgainWhenItsWorkerIsLost() {
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "", "");
    Connection worker = worker("f");
    worker.grabs();
    admin.says("cancel job " + handle);
    worker.leaves();
    assertThat(admin.says("status")).isEqualTo("f\t0\t0\t0\n.\n");
  }

  @Test
  void cancelTakesAJobAndItsHandle() {
    assertThat(admin.says("cancel job H:test:1:7")).isEqualTo("ERR UNKNOWN_JOB\r\n");
    assertThat(admin.says("cancel task H:test:1:7")).isEqualTo("ERR UNKNOWN_ERROR\r\n");
    assertThat(admin.says("cancel job")).isEqualTo(unknown("cancel"));
    assertThat(admin.says("cancel")).isEqualTo(unknown("cancel"));
  }

  // ---- functions

  @Test
  void aFunctionCanBeCreatedAndDropped() {
    assertThat(admin.says("create function f")).isEqualTo(OK);
    assertThat(admin.says("CREATE Function f")).isEqualTo(OK);
    assertThat(admin.says("status")).isEqualTo("f\t0\t0\t0\n.\n");
    assertThat(admin.says("drop function f")).isEqualTo(OK);
    assertThat(admin.says("drop function f")).isEqualTo("ERR function not found\r\n");
    assertThat(admin.says("status")).isEqualTo(END);
  }

  @ParameterizedTest
  @ValueSource(strings = {"create", "create function", "create function ", "create f"})
  void createTakesAFunctionWithAName(String command) { // SE-01b
    assertThat(admin.says(command)).isEqualTo(incomplete("create"));
    assertThat(admin.says("status")).isEqualTo(END);
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop", "drop function", "drop f"})
  void dropTakesAFunction(String command) {
    assertThat(admin.says(command)).isEqualTo(incomplete("drop"));
  }

  @Test
  void aFunctionIsNotDroppedWithItsWaitingJobs() { // SE-22
    String refusal = "ERR there are still connected workers or executing clients\r\n";
    String handle = connect().submits(SUBMIT_JOB_BG, "f", "", "");
    assertThat(admin.says("drop function f")).isEqualTo(refusal);
    Connection worker = worker("f");
    worker.grabs();
    worker.sends(WORK_COMPLETE, handle, "");
    assertThat(admin.says("drop function f")).isEqualTo(refusal);
    worker.leaves();
    assertThat(admin.says("drop function f")).isEqualTo(OK);
  }

  // ---- the server

  @Test
  void theServerSaysWhatItIs() {
    assertThat(admin.says("version")).matches("OK \\S+\n");
    assertThat(admin.says("getpid")).isEqualTo("OK " + ProcessHandle.current().pid() + "\n");
    assertThat(admin.says("verbose")).matches("OK (DEBUG|INFO|WARNING|ERROR|FATAL)\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "gladiator", "shutdown", "show", "état"})
  void whatIsUnknownIsNamedInTheAnswer(String word) {
    assertThat(admin.says(word)).isEqualTo(unknown(word));
  }

  @ParameterizedTest
  @ValueSource(strings = {"show nothing", "show unique", "show jobs now", "show unique jobs now"})
  void showTakesJobsOrUniqueJobs(String command) {
    assertThat(admin.says(command)).isEqualTo("ERR UNKNOWN_SHOW_ARGUMENTS\r\n");
  }

  @Test
  void wordsAreSeparatedByBlanksAndTheirCaseDoesNotMatter() {
    assertThat(admin.says("SHOW   Unique  JOBS")).isEqualTo(END);
    assertThat(admin.says(" status")).isEqualTo(unknown(""));
    assertThat(admin.says("show\tjobs")).isEqualTo(unknown("show\tjobs"));
  }

  @Test
  void aLineOfMoreThanFiveWordsClosesItsConnection() {
    assertThat(admin.says("maxqueue f 1 2 3 4")).isEmpty();
    assertThat(admin.outlet.closed).isTrue();
  }

  @Test
  void whatFollowsSuchALineIsNotHeard() {
    broker.receive(admin.peer, List.of("maxqueue f 1 2 3 4", "create function f"));
    assertThat(connect().says("status")).isEqualTo(END);
  }

  // ---- long answers

  @Test
  void aLongAnswerWaitsForAConnectionThatTakesNothingAndSoDoesWhatFollows() {
    for (int i = 0; i < 5_000; i++) {
      admin.says("create function function-" + i);
    }
    admin.outlet.writable = false;
    assertThat(admin.says("status")).isEmpty();
    assertThat(admin.says("version")).isEmpty();
    admin.outlet.writable = true;
    broker.writable(admin.peer);
    assertThat(admin.outlet.text())
        .startsWith("function-0\t0\t0\t0\n")
        .containsPattern("function-4999\t0\t0\t0\n\\.\nOK \\S+\n$");
  }
}

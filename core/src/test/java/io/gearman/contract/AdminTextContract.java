// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import static io.gearman.contract.JobServerContract.settled;
import static io.gearman.contract.JobServerContract.submit;
import static io.gearman.contract.Wire.response;
import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GRAB_JOB_UNIQ;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text protocol of every job server, line ends included. */
interface AdminTextContract {

  String END = ".";
  String INCOMPLETE =
      "ERR INVALID_ARGUMENTS An+incomplete+set+of+arguments+was+sent+to+this+command+";

  RunningServer server();

  private List<String> table(String command) {
    return server().connect().command(command).receiveUntil(END);
  }

  /** The answer to the byte, which is one line. */
  private String says(WireClient admin, String line) {
    return admin.sendBytes(Wire.bytes(line)).receiveLine() + "\n";
  }

  private String says(String line) {
    return says(server().connect(), line + "\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "create function,                   create",
    "create f,                          create",
    "create function a b,               create",
    "drop function,                     drop",
    "drop f,                            drop",
    "drop function a b,                 drop",
    "maxqueue,                          maxqueue"
  })
  default void aMissingArgumentIsNamedByItsCommand(String line, String command) {
    assertThat(says(line)).isEqualTo(INCOMPLETE + command + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "show", "cancel", "gladiator", "shutdown"})
  default void unknownCommandsAreNamedInTheAnswer(String command) {
    assertThat(says(command))
        .isEqualTo("ERR UNKNOWN_COMMAND Unknown+server+command" + command + "\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      value = {
        "show nothing > ERR UNKNOWN_SHOW_ARGUMENTS",
        "show jobs x > ERR UNKNOWN_SHOW_ARGUMENTS",
        "show unique > ERR UNKNOWN_SHOW_ARGUMENTS",
        "cancel job > ERR UNKNOWN_COMMAND Unknown+server+commandcancel",
        "cancel nothing x > ERR UNKNOWN_ERROR",
        "cancel job H:nowhere:1 > ERR UNKNOWN_JOB",
        "drop function nowhere > ERR function not found",
        "maxqueue nowhere 1 > OK"
      })
  default void wordsThatDoNotFitAreRefusedInTheWordsOfGearmand(String line, String answer) {
    assertThat(says(line)).isEqualTo(answer + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\n"})
  default void theEndOfALineDoesNotChangeTheAnswer(String end) {
    WireClient admin = server().connect();
    assertThat(says(admin, "version" + end)).matches("OK \\S+\n");
    assertThat(says(admin, "VERSION  and more" + end)).matches("OK \\S+\n");
    assertThat(says(admin, "getpid" + end)).matches("OK [0-9]+\n");
    assertThat(says(admin, "verbose" + end)).matches("OK [A-Z]+\n");
    assertThat(says(admin, "maxqueue f" + end)).isEqualTo("OK\r\n");
    assertThat(says(admin, end)).isEqualTo("ERR UNKNOWN_COMMAND Unknown+server+command\r\n");
    assertThat(says(admin, " status" + end))
        .isEqualTo("ERR UNKNOWN_COMMAND Unknown+server+command\r\n");
  }

  @Test
  default void aLineOfMoreThanFiveWordsClosesItsConnection() {
    server().connect().command("maxqueue f 1 2 3 4").expectClosed();
  }

  @Test
  default void tablesCountJobsByPriorityAndWorkers() {
    WireClient client = server().connect();
    submit(client, SUBMIT_JOB_HIGH_BG, "f", "", "");
    submit(client, SUBMIT_JOB_BG, "f", "", "");
    submit(client, SUBMIT_JOB_LOW_BG, "f", "", "");
    WireClient worker = server().connect().request(CAN_DO, "f").request(GRAB_JOB_UNIQ);
    worker.receive(JOB_ASSIGN_UNIQ);
    assertThat(table("status")).containsExactly("f\t3\t1\t1");
    assertThat(table("prioritystatus")).containsExactly("f\t0\t1\t1\t1");
  }

  @Test
  default void workersListsEveryConnectionWithItsIdAndFunctions() {
    settled(server().connect().request(SET_CLIENT_ID, "me").request(CAN_DO, "f"));
    assertThat(table("workers"))
        .anySatisfy(line -> assertThat(line).matches("[0-9]+ 127\\.0\\.0\\.1 me : f"))
        .anySatisfy(line -> assertThat(line).matches("[0-9]+ 127\\.0\\.0\\.1 - :"));
  }

  @Test
  default void jobsAreShownWithTheirRetriesAndFlags() {
    String background = submit(server().connect(), SUBMIT_JOB_BG, "f", "u", "");
    assertThat(table("show jobs")).containsExactly(background + "\t0\t0\t1");
    WireClient lost = server().connect().request(CAN_DO, "f").request(GRAB_JOB_UNIQ);
    lost.receive(JOB_ASSIGN_UNIQ);
    lost.close();
    WireClient next = server().connect().request(CAN_DO, "f");
    WireEvents.grabWhenThereIsOne(next);
    assertThat(table("show jobs")).containsExactly(background + "\t1\t0\t1");
    assertThat(table("show unique jobs")).containsExactly("u");
  }

  @Test
  default void aJobThatIsCancelledFails() {
    WireClient client = server().connect();
    String handle = submit(client, SUBMIT_JOB, "f", "", "");
    assertThat(says("cancel job " + handle)).isEqualTo("OK\r\n");
    client.expect(response(WORK_FAIL, handle));
  }

  @Test
  default void theResultOfACancelledJobIsNotSentIfTheVersionKnowsBetter() { // SE-29
    WireClient client = server().connect();
    String handle = submit(client, SUBMIT_JOB, "f", "", "");
    WireClient worker = server().connect().request(CAN_DO, "f").request(GRAB_JOB_UNIQ);
    worker.receive(JOB_ASSIGN_UNIQ);
    says("cancel job " + handle);
    client.expect(response(WORK_FAIL, handle));
    settled(worker.request(WORK_COMPLETE, handle, ""));
    if (!Difference.A_CANCELLED_JOB_ENDS_ONCE.isOf(server())) {
      client.expect(response(WORK_COMPLETE, handle, ""));
    }
    settled(client);
  }

  @Test
  default void functionsAreCreatedAndDropped() {
    WireClient admin = server().connect();
    assertThat(says(admin, "create function f\r\n")).isEqualTo("OK\r\n");
    assertThat(says(admin, "create function f\r\n")).isEqualTo("OK\r\n");
    assertThat(table("status")).containsExactly("f\t0\t0\t0");
    assertThat(says(admin, "drop function f\r\n")).isEqualTo("OK\r\n");
    assertThat(table("status")).isEmpty();
    settled(server().connect().request(CAN_DO, "f"));
    assertThat(says(admin, "drop function f\r\n"))
        .isEqualTo("ERR there are still connected workers or executing clients\r\n");
  }

  @Test
  default void aFunctionIsDroppedWithItsJobsOrKeptWithThemAsTheVersionHasIt() { // SE-22
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "");
    assertThat(says("drop function f"))
        .isEqualTo(
            Difference.WAITING_JOBS_KEEP_THEIR_FUNCTION.isOf(server())
                ? "ERR there are still connected workers or executing clients\r\n"
                : "OK\r\n");
  }

  @Test
  default void aFunctionCreatedByALineWithoutCarriageReturnHasItsWholeNameIfTheVersionCan() {
    WireClient admin = server().connect(); // SE-01b
    assertThat(says(admin, "create function name\n")).isEqualTo("OK\r\n");
    String name = Difference.NAMES_END_WITH_THEIR_LINE.isOf(server()) ? "name" : "nam";
    assertThat(table("status")).containsExactly(name + "\t0\t0\t0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"maxqueue f 1", "maxqueue f 1 1 1", "maxqueue f 0 1"})
  default void aFullQueueRefusesNewJobsAndTakesThoseThatJoin(String limit) {
    WireClient client = server().connect();
    says(client, "create function f\r\n");
    assertThat(says(client, limit + "\r\n")).isEqualTo("OK\r\n");
    String handle = submit(client, SUBMIT_JOB, "f", "u", "");
    client
        .request(SUBMIT_JOB, "f", "v", "")
        .expect(response(ERROR, "QUEUE_ERROR", "Job queue is full"));
    assertThat(submit(client, SUBMIT_JOB, "f", "u", "")).isEqualTo(handle);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.CAN_DO_TIMEOUT;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GET_STATUS;
import static io.gearman.protocol.PacketType.GET_STATUS_UNIQUE;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.STATUS_RES;
import static io.gearman.protocol.PacketType.STATUS_RES_UNIQUE;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_EPOCH;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.server.RecordingOutlet.response;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.PacketType;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What crashed, confused or hung other servers: one connection's mistakes are its own. */
class TransportEdgesTest {

  private static final int REPEATED = 20; // what is decided by a race shows

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  private static void isServed(WireClient client) {
    client.request(ECHO_REQ, "still here").expect(response(ECHO_RES, "still here"));
  }

  private static byte[] packet(int type, String body) {
    return ByteBuffer.allocate(12 + body.length())
        .putInt(0x00524551)
        .putInt(type)
        .putInt(body.length())
        .put(body.getBytes(ISO_8859_1))
        .array();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 43, 1000, 1004, 0x7fffffff, 0x80000000, 0x80000007, 0xffffffff})
  void anUnknownTypeClosesItsConnectionAndNoOther(int type) { // SE-01
    WireClient other = server.connect();
    isServed(other);
    server.connect().sendBytes(packet(type, "")).expectClosed();
    isServed(other);
  }

  @ParameterizedTest
  @ValueSource(strings = {"create function \n", "create function\n", "create function  \r\n"})
  void aFunctionWithoutANameIsNotCreated(String command) { // SE-01b
    WireClient client = server.connect().sendBytes(command.getBytes(ISO_8859_1));
    assertThat(client.receiveLine()).startsWith("ERR INVALID_ARGUMENTS");
    assertThat(client.command("status").receiveUntil(".")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999999999999999999", "18446744073709551616", "-1", "1e9", ""})
  void aTimeoutThatIsNoNumberOrTooLargeIsNone(String timeout) { // SE-05
    WireClient worker = server.connect().request(CAN_DO_TIMEOUT, "f", timeout);
    server.connect().request(SUBMIT_JOB_BG, "f", "", "work").receive(JOB_CREATED);
    assertThat(worker.request(GRAB_JOB).receive(JOB_ASSIGN).text(2)).isEqualTo("work");
  }

  @Test
  void aPacketThatEndsWithinAnArgumentClosesItsConnectionAtOnce() { // SE-15
    WireClient other = server.connect();
    server.connect().sendBytes(packet(SUBMIT_JOB.code(), "function")).expectClosed();
    server.connect().sendBytes(packet(SUBMIT_JOB.code(), "function\0unique")).expectClosed();
    server.connect().sendBytes(packet(WORK_COMPLETE.code(), "handle")).expectClosed();
    server.connect().sendBytes(packet(WORK_STATUS.code(), "handle\0001")).expectClosed();
    isServed(other);
  }

  @Test
  void anArgumentOverTheLimitClosesItsConnection() {
    String longest = "x".repeat(8191);
    WireClient within = server.connect().request(SUBMIT_JOB_BG, longest, "", "");
    within.receive(JOB_CREATED);
    server.connect().request(SUBMIT_JOB_BG, longest + "x", "", "").expectClosed();
    server.connect().request(CAN_DO, "x".repeat(8193)).expectClosed();
    isServed(within);
  }

  @Test
  void whatOtherServersAnswerByChanceHasOneAnswer() { // SE-16
    String handle = "h".repeat(64);
    for (int i = 0; i < REPEATED; i++) {
      WireClient client = server.connect();
      answers(client, GET_STATUS, STATUS_RES, handle);
      answers(client, GET_STATUS_UNIQUE, STATUS_RES_UNIQUE, handle);
      answers(client, SUBMIT_JOB_EPOCH, ERROR, "f", "", "99999999999999999999", "");
      answers(client, WORK_STATUS, ERROR, handle, "1", "123456789012");
      client.request(CAN_DO_TIMEOUT, "f", "123456789012345678901");
      isServed(client);
      client.close();
    }
  }

  private static void answers(
      WireClient client, PacketType question, PacketType answer, String... arguments) {
    client.request(question, arguments).receive(answer);
    isServed(client);
  }

  @Test
  void aWorkersProgressMayBeOfAnyLength() { // SE-16
    WireClient client = server.connect().request(SUBMIT_JOB, "f", "", "");
    String handle = client.receive(JOB_CREATED).text(0);
    WireClient worker = server.connect().request(CAN_DO, "f").request(GRAB_JOB);
    worker.receive(JOB_ASSIGN);
    worker.request(WORK_STATUS, handle, "1", "123456789012");
    client.expect(response(WORK_STATUS, handle, "1", "123456789012"));
    worker.request(WORK_STATUS, handle, "9".repeat(30), "9".repeat(30));
    client.expect(response(WORK_STATUS, handle, "9".repeat(30), "9".repeat(30)));
    isServed(worker);
    String most = Long.toString(Long.MAX_VALUE);
    client.request(GET_STATUS, handle).expect(response(STATUS_RES, handle, "1", "1", most, most));
  }

  @Test
  void namesCannotBreakTheLinesThatShowThem() { // SE-18
    WireClient worker = server.connect();
    worker.request(SET_CLIENT_ID, "my id\t\n.\n\r\0\u007fx").request(CAN_DO, "a b\tc\nd\0e");
    isServed(worker);
    WireClient client = server.connect();
    assertThat(client.command("workers").receiveUntil("."))
        .filteredOn(line -> line.contains("myid"))
        .singleElement()
        .asString()
        .matches("\\d+ 127\\.0\\.0\\.1 myid\\.x : a_b_c_d_e");
    assertThat(client.command("status").receiveUntil(".")).containsExactly("a b_c_d_e\t0\t0\t1");
    assertThat(client.command("prioritystatus").receiveUntil("."))
        .containsExactly("a b_c_d_e\t0\t0\t0\t1");
    isServed(client);
  }

  /**
   * In the order of the bytes of UTF-8, which a connection of a test shows as one character each.
   */
  @Test
  void namesCannotGiveOrdersToTheTerminalThatShowsThem() { // SE-18
    String name = "a\033[31mb\u00c2\u009bc\u00c3\u00b6";
    WireClient client = server.connect();
    client.request(SET_CLIENT_ID, name).request(SUBMIT_JOB_BG, name, name, "");
    client.receive(JOB_CREATED);
    client.request(CAN_DO, name);
    String shown = "a_[31mb_c\u00c3\u00b6";
    assertThat(client.command("status").receiveUntil(".")).containsExactly(shown + "\t1\t0\t1");
    assertThat(client.command("prioritystatus").receiveUntil("."))
        .containsExactly(shown + "\t0\t1\t0\t1");
    assertThat(client.command("show unique jobs").receiveUntil(".")).containsExactly(shown);
    assertThat(client.command("show jobs").receiveUntil("."))
        .singleElement()
        .asString()
        .matches("[!-~]+\t0\t0\t1");
    assertThat(client.command("workers").receiveUntil("."))
        .singleElement()
        .asString()
        .endsWith(" a[31mbc\u00c3\u00b6 : " + shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".\r", "a\n.", "\n", "."})
  void uniqueIdsCannotBreakTheLinesThatShowThem(String unique) { // SE-18
    WireClient client = server.connect().request(SUBMIT_JOB_BG, "f", unique, "");
    client.receive(JOB_CREATED);
    assertThat(client.command("show unique jobs").receiveUntil(".")).hasSize(1);
    isServed(client);
  }

  @Test
  void aWorkerThatCallsItselfNothingHasADashForAnId() { // SE-18
    WireClient client = server.connect().request(SET_CLIENT_ID, " \t\n");
    assertThat(client.command("workers").receiveUntil("."))
        .singleElement()
        .asString()
        .matches("\\d+ 127\\.0\\.0\\.1 - :");
  }
}

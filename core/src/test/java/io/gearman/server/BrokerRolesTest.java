// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.server.RecordingOutlet.request;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection may do that lacks a role. */
class BrokerRolesTest extends BrokerFixture {

  private static final Set<Role> NONE = EnumSet.noneOf(Role.class);

  /** Of which the broker knows no request at all, whoever sends it. */
  private static final Set<PacketType> NO_REQUESTS =
      EnumSet.of(
          PacketType.UNUSED,
          PacketType.NOOP,
          PacketType.JOB_CREATED,
          PacketType.NO_JOB,
          PacketType.JOB_ASSIGN,
          PacketType.ECHO_RES,
          PacketType.ERROR,
          PacketType.STATUS_RES,
          PacketType.ALL_YOURS,
          PacketType.OPTION_RES,
          PacketType.JOB_ASSIGN_UNIQ,
          PacketType.SUBMIT_JOB_SCHED,
          PacketType.JOB_ASSIGN_ALL,
          PacketType.STATUS_RES_UNIQUE,
          PacketType.WORK_RESTARTED);

  private static final Set<PacketType> ANYBODYS = EnumSet.of(ECHO_REQ, OPTION_REQ, SET_CLIENT_ID);

  private static Packet any(PacketType type) {
    String[] arguments = new String[type.arguments().size()];
    Arrays.fill(arguments, "1");
    return request(type, arguments);
  }

  private static Packet refusal(PacketType type, Role needed) {
    return response(ERROR, "NOT_ALLOWED", type + " needs the role " + needed);
  }

  @ParameterizedTest
  @EnumSource
  void everyRequestNeedsARoleOrIsAnybodys(PacketType type) {
    boolean free = NO_REQUESTS.contains(type) || ANYBODYS.contains(type);
    assertThat(Permissions.needed(type) == null).isEqualTo(free);
  }

  static Stream<Arguments> restricted() {
    return Arrays.stream(PacketType.values())
        .filter(type -> Permissions.needed(type) != null)
        .map(type -> arguments(type, Permissions.needed(type)));
  }

  @ParameterizedTest
  @MethodSource("restricted")
  void whatTakesARoleIsRefusedWithoutItAndChangesNothing(PacketType type, Role needed) {
    Connection connection = connect(EnumSet.complementOf(EnumSet.of(needed)));
    connection.sends(request(ECHO_REQ, "before"), any(type));
    connection.hears(response(ECHO_RES, "before"), refusal(type, needed)); // in order
    assertThat(connection.outlet.closed).isEqualTo(needed == Role.WORKER);
    assertThat(connect().says("status")).isEqualTo(".\n");
  }

  @ParameterizedTest
  @MethodSource("restricted")
  void whatTakesARoleIsDoneForWhoeverHasJustThat(PacketType type, Role needed) {
    Connection connection = connect(EnumSet.of(needed)).sends(any(type));
    assertThat(connection.outlet.sent()).doesNotContain(refusal(type, needed));
  }

  @Test
  void aClientGoesOnAfterARefusalAndAWorkerDoesNot() {
    Set<Role> admin = EnumSet.of(Role.ADMIN);
    connect(admin)
        .sends(request(SUBMIT_JOB_BG, "f", "", ""), request(ECHO_REQ, "next"))
        .hears(refusal(SUBMIT_JOB_BG, Role.CLIENT), response(ECHO_RES, "next"));
    connect(admin)
        .sends(request(GRAB_JOB), request(GRAB_JOB), request(ECHO_REQ, "next"))
        .hears(refusal(GRAB_JOB, Role.WORKER));
  }

  @Test
  void anEchoAnOptionAndAClientIdAreAnybodys() {
    connect(NONE)
        .sends(request(ECHO_REQ, "x"), request(OPTION_REQ, "flow"), request(SET_CLIENT_ID, "me"))
        .hears(response(ECHO_RES, "x"), response(OPTION_RES, "flow"));
    assertThat(connect().says("workers")).contains(" me :");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "shutdown", "create function f", "", "a b c d e f g"})
  void textIsRefusedToWhoeverIsNoAdministrator(String line) {
    Connection connection = connect(EnumSet.of(Role.CLIENT, Role.WORKER));
    assertThat(connection.says(line))
        .isEqualTo("ERR NOT_ALLOWED Text+commands+need+the+role+ADMIN\r\n");
    assertThat(connection.outlet.closed).isFalse();
    assertThat(connect().says("status")).isEqualTo(".\n");
  }

  @Test
  void anAdministratorMayAskButNeitherSubmitNorWork() {
    Connection admin = connect(EnumSet.of(Role.ADMIN));
    assertThat(admin.says("status")).isEqualTo(".\n");
    admin.sends(request(SUBMIT_JOB_BG, "f", "", ""), request(CAN_DO, "f"));
    admin.hears(refusal(SUBMIT_JOB_BG, Role.CLIENT), refusal(CAN_DO, Role.WORKER));
  }

  @Test
  void anAnswerToLinesAndPacketsKeepsTheirOrder() {
    Connection worker = connect(EnumSet.of(Role.WORKER));
    broker.receive(worker.peer, List.of("status", request(GRAB_JOB)));
    worker.hears(NO_JOB);
    assertThat(worker.outlet.text()).startsWith("ERR NOT_ALLOWED");
  }

  @Test
  void whoHasAllRolesIsRefusedNothing() {
    Connection connection = connect();
    connection.submits(SUBMIT_JOB_BG, "f", "", "1");
    connection.sends(CAN_DO, "f");
    assertThat(connection.grabs()).isEqualTo("1");
    assertThat(connection.says("status")).isEqualTo("f\t1\t1\t1\n.\n");
  }
}

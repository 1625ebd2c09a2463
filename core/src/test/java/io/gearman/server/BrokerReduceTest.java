// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.GRAB_JOB_UNIQ;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_REDUCE_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_REDUCE_JOB_BACKGROUND;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that name a reducer, which the server only passes on. */
class BrokerReduceTest extends BrokerFixture {

  private static String submits(Connection client, PacketType type, String reducer) {
    client.sends(type, "map", "u", reducer, "", "work\0load");
    List<Packet> heard = client.outlet.sent();
    return heard.get(heard.size() - 1).text(0);
  }

  @Test
  void theReducerIsShownToAWorkerThatGrabsWithAllAndToNoOther() {
    Connection client = connect();
    Connection worker = worker("map");
    String handle = submits(client, SUBMIT_REDUCE_JOB, "reduce");
    worker.sends(GRAB_JOB_ALL).hears(JOB_ASSIGN_ALL, handle, "map", "u", "reduce", "work\0load");
    worker.sends(WORK_COMPLETE, handle, "");
    client.hears(WORK_COMPLETE, handle, "");

    String next = submits(client, SUBMIT_REDUCE_JOB, "reduce");
    worker.sends(GRAB_JOB).hears(JOB_ASSIGN, next, "map", "work\0load");
    worker.sends(WORK_COMPLETE, next, "");

    String last = submits(client, SUBMIT_REDUCE_JOB_BACKGROUND, "reduce");
    worker.sends(GRAB_JOB_UNIQ).hears(JOB_ASSIGN_UNIQ, last, "map", "u", "work\0load");
  }

  @Test
  void anEmptyReducerMakesAnOrdinaryJob() {
    String handle = submits(connect(), SUBMIT_REDUCE_JOB, "");
    worker("map").sends(GRAB_JOB_ALL).hears(JOB_ASSIGN_UNIQ, handle, "map", "u", "work\0load");
  }

  @Test
  void aKeptGrabShowsTheReducer() {
    Connection worker = flowWorker("map").sends(GRAB_JOB_ALL);
    String handle = submits(connect(), SUBMIT_REDUCE_JOB_BACKGROUND, "reduce");
    assertThat(worker.outlet.sent())
        .contains(
            RecordingOutlet.response(JOB_ASSIGN_ALL, handle, "map", "u", "reduce", "work\0load"));
  }

  @Test
  void aReduceJobInTheBackgroundOutlivesItsClient() {
    Connection client = connect();
    submits(client, SUBMIT_REDUCE_JOB_BACKGROUND, "reduce");
    client.leaves();
    worker("map").grabs();
  }

  @ParameterizedTest
  @EnumSource(names = {"SUBMIT_REDUCE_JOB", "SUBMIT_REDUCE_JOB_BACKGROUND"})
  void bothTheUniqueIdAndTheReducerAreLimited(PacketType type) { // SE-10
    String longest = "x".repeat(64);
    String over = longest + 'x';
    Connection client = connect();
    client.sends(type, "map", over, "reduce", "", "");
    client.hears(ERROR, "ARGUMENT_TOO_LARGE", "Unique value too large");
    client.sends(type, "map", "u", over, "", "");
    client.hears(ERROR, "ARGUMENT_TOO_LARGE", "Reducer name too large");
    client.sends(type, "map", longest, longest, "", "");
    client.hears(JOB_CREATED, "H:test:1:1");
  }
}

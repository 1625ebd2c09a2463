// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.GRAB_JOB_UNIQ;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A broker with virtual time and peers that have no sockets. */
class BrokerFixture {

  static final int STALL_SECONDS = 30;

  final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  final Broker broker;

  BrokerFixture() {
    this(new ServerSettings());
  }

  BrokerFixture(ServerSettings settings) {
    broker =
        new Broker(settings, new Handles("H:test", 1), new VirtualClock(time), new NeverShutDown());
  }

  /** A connection to the broker. */
  final class Connection {

    final RecordingOutlet outlet = new RecordingOutlet();
    final Peer peer;

    private Connection(Set<Role> roles) {
      peer = broker.connect(outlet, roles);
    }

    /** Sends packets as one read. */
    Connection sends(Packet... packets) {
      broker.receive(peer, Arrays.asList((Object[]) packets));
      return this;
    }

    Connection sends(PacketType type, String... arguments) {
      return sends(RecordingOutlet.request(type, arguments));
    }

    String says(String line) {
      broker.receive(peer, List.of(line));
      outlet.sent();
      return outlet.text();
    }

    /** Expects exactly these packets since the last look. */
    void hears(Packet... packets) {
      assertThat(outlet.sent()).containsExactly(packets);
    }

    void hears(PacketType type, String... arguments) {
      hears(RecordingOutlet.response(type, arguments));
    }

    void hearsNothing() {
      hears();
    }

    /** Submits a job and gives its handle. */
    String submits(PacketType type, String function, String unique, String workload) {
      sends(type, function, unique, workload);
      List<Packet> answer = outlet.sent();
      assertThat(answer).hasSize(1);
      assertThat(answer.get(0).type()).isEqualTo(JOB_CREATED);
      return answer.get(0).text(0);
    }

    /** Grabs one job and gives its workload. */
    String grabs() {
      sends(GRAB_JOB_UNIQ);
      List<Packet> answer = outlet.sent();
      assertThat(answer).hasSize(1);
      assertThat(answer.get(0).type()).isEqualTo(PacketType.JOB_ASSIGN_UNIQ);
      return answer.get(0).text(3);
    }

    void leaves() {
      broker.disconnect(peer);
    }
  }

  Connection connect() {
    return connect(Permissions.ALL);
  }

  /** A connection that may be no more than this. */
  Connection connect(Set<Role> roles) {
    return new Connection(roles);
  }

  Connection worker(String... functions) {
    Connection worker = connect();
    for (String function : functions) {
      worker.sends(PacketType.CAN_DO, function);
    }
    return worker;
  }

  /** A client with exceptions and flow. */
  Connection flowClient() {
    Connection client =
        connect().sends(PacketType.OPTION_REQ, "exceptions").sends(PacketType.OPTION_REQ, "flow");
    client.hears(
        RecordingOutlet.response(PacketType.OPTION_RES, "exceptions"),
        RecordingOutlet.response(PacketType.OPTION_RES, "flow"));
    return client;
  }

  Connection flowWorker(String... functions) {
    Connection worker = worker(functions).sends(PacketType.OPTION_REQ, "flow");
    worker.hears(PacketType.OPTION_RES, "flow");
    return worker;
  }

  /**
   * A worker that holds the job and has sent the first of its data, which it needs no grant for.
   */
  Connection streaming(String handle, String unique, Connection... listeners) {
    Connection worker = running(handle, unique).sends(PacketType.WORK_DATA, handle, "first");
    for (Connection listener : listeners) {
      listener.hears(PacketType.WORK_DATA, handle, "first");
    }
    return worker;
  }

  /** A worker that holds the job. */
  Connection running(String handle, String unique) {
    Connection worker = flowWorker("f").sends(PacketType.GRAB_JOB_ALL);
    assertThat(worker.outlet.sent())
        .contains(RecordingOutlet.response(PacketType.JOB_ASSIGN_UNIQ, handle, "f", unique, ""));
    return worker;
  }
}

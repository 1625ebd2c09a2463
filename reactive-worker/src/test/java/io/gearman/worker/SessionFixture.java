// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.ScriptedConnection.HandDrivenLoop;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;

/** A worker session on a connection without a socket. */
class SessionFixture {

  static final String HANDLE = "H:1";

  final ScriptedConnection connection = new ScriptedConnection();

  /** A worker of function "f", which grabs. */
  WorkerSession work(int slots, JobFunction function) {
    return work(connection, slots, function);
  }

  static WorkerSession work(ScriptedConnection connection, int slots, JobFunction function) {
    WorkerSession session =
        connection.open(opened -> new WorkerSession(opened, Map.of("f", function), slots));
    session.register("");
    if (connection.executor() instanceof HandDrivenLoop loop) {
      loop.run();
    }
    connection.written();
    return session;
  }

  /** A worker of one slot, which is given a job; gives what it sends until it grabs again. */
  List<Packet> answerOf(Publisher<JobUpdate> updates) {
    return answer(job -> updates);
  }

  List<Packet> answer(JobFunction function) {
    work(1, function);
    assign(HANDLE);
    return results();
  }

  void assign(String handle) {
    connection.receive(PacketType.JOB_ASSIGN_UNIQ, handle, "f", "", "workload");
  }

  /** What was written since the last look, but for the grabs. */
  List<Packet> results() {
    return connection.written().stream()
        .filter(packet -> packet.type() != PacketType.GRAB_JOB_UNIQ)
        .toList();
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.testkit.ScriptedConnection.response;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.ScriptedConnection.HandDrivenLoop;
import java.time.Duration;
import java.util.List;
import org.reactivestreams.Publisher;

/** A worker session on a connection without a socket. */
class SessionFixture {

  static final String HANDLE = "H:1";
  static final Duration PATIENCE = Duration.ofHours(1); // longer than any test

  /** What a server without the flow extension answers to OPTION_REQ. */
  static final Packet PLAIN = response(PacketType.ERROR, "UNKNOWN_OPTION", "Not recognized");

  /** What a server with the flow extension answers to OPTION_REQ. */
  static final Packet FLOW = response(PacketType.OPTION_RES, "flow");

  final ScriptedConnection connection = new ScriptedConnection();

  private final Packet answer;

  /** Before a plain server. */
  SessionFixture() {
    this(PLAIN);
  }

  /**
   * @param answer what the server says to OPTION_REQ: {@link #PLAIN} or {@link #FLOW}
   */
  SessionFixture(Packet answer) {
    this.answer = answer;
  }

  /** A worker of function "f", which grabs. */
  WorkerSession work(int slots, JobFunction function) {
    return work(connection, slots, function);
  }

  WorkerSession work(ScriptedConnection connection, int slots, JobFunction function) {
    WorkerSession session =
        connection.open(opened -> new WorkerSession(opened, lane(slots, function)));
    session.register("", PATIENCE).subscribe();
    connection.receive(answer);
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

  static Lane lane(int slots, JobFunction function) {
    return new Lane(new Slots(slots), slots)
        .add(new WorkerFunction("f", function, Duration.ZERO, false));
  }

  void assign(String handle) {
    assign(connection, handle);
  }

  static void assign(ScriptedConnection connection, String handle) {
    connection.receive(PacketType.JOB_ASSIGN_UNIQ, handle, "f", "", "workload");
  }

  /** What was written since the last look, but for the grabs. */
  List<Packet> results() {
    return connection.written().stream()
        .filter(packet -> packet.type() != PacketType.GRAB_JOB_ALL)
        .toList();
  }

  /** Throws anything, where the compiler expects nothing to be thrown. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <E extends Throwable> E sneaky(Throwable error) throws E {
    throw (E) error;
  }

  static JobUpdate data(String text) {
    return new JobEvent.Data(bytes(text));
  }

  static JobUpdate completed(String text) {
    return new JobEvent.Completed(bytes(text));
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}

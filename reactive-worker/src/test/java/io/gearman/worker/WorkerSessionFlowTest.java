// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_ALL;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.protocol.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Grabs that a server with the flow extension keeps: one for each free slot. */
class WorkerSessionFlowTest extends SessionFixture {

  private static final Packet GRAB = request(GRAB_JOB_ALL);

  private final List<Sinks.One<JobUpdate>> running = new ArrayList<>();

  WorkerSessionFlowTest() {
    super(FLOW);
  }

  /** Jobs that run until told to end. */
  private void work(int slots) {
    work(
        slots,
        job -> {
          Sinks.One<JobUpdate> end = Sinks.one();
          running.add(end);
          return end.asMono();
        });
  }

  private void end(int job) {
    running.get(job).tryEmitValue(completed("end"));
  }

  @Test
  void anAnsweredGrabIsNotReplacedWhileItsJobRuns() {
    work(2);
    assign("H:1");
    assign("H:2");
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void theSlotOfAJobThatEndsIsGrabbedFor() {
    work(3);
    assign("H:1");
    assign("H:2");
    end(0);
    assertThat(connection.written()).containsExactly(request(WORK_COMPLETE, "H:1", "end"), GRAB);
  }

  @Test
  void theSlotOfAJobThatIsCancelledIsGrabbedFor() {
    work(3);
    assign("H:1");
    assign("H:2");
    connection.receive(WORK_CANCEL, "H:1");
    assertThat(connection.written()).containsExactly(request(WORK_FAIL, "H:1"), GRAB);
  }

  @Test
  void theSlotOfAJobThatEndsAtOnceIsGrabbedFor() {
    work(1, job -> Mono.empty());
    assign("H:1");
    assign("H:2");
    assertThat(connection.written())
        .containsExactly(
            request(WORK_COMPLETE, "H:1", ""), GRAB, request(WORK_COMPLETE, "H:2", ""), GRAB);
  }

  @Test
  void aJobForWhichThereIsNoSlotIsAProtocolError() {
    work(2);
    assign("H:1");
    assign("H:2");
    assign("H:3");
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContainingAll("scripted:4730", "H:3");
  }

  @Test
  void aJobWithAReducerIsRunAsAnyOther() {
    List<Job> jobs = new ArrayList<>();
    work(
        1,
        job -> {
          jobs.add(job);
          return Mono.never();
        });
    connection.receive(JOB_ASSIGN_ALL, "H:1", "f", "u", "reducer", "work");
    assertThat(jobs)
        .singleElement()
        .usingRecursiveComparison()
        .isEqualTo(
            new Job(new JobHandle("scripted:4730", "H:1"), "f", "u", "reducer", bytes("work")));
  }

  /** Servers keep grabs unless the worker wants to sleep; should one refuse, no slot is lost. */
  @Test
  void aWorkerWhoseGrabsWereAllRefusedSleepsAndThenGrabsForEachSlot() {
    work(2);
    connection.receive(NO_JOB);
    assertThat(connection.written()).isEmpty();
    connection.receive(NO_JOB);
    assertThat(connection.written()).containsExactly(request(PRE_SLEEP));
    connection.receive(NOOP);
    assertThat(connection.written()).containsExactly(GRAB, GRAB);
  }

  @Test
  void theSlotOfARefusedGrabIsGrabbedForWhenAJobEnds() {
    work(3);
    assign("H:1");
    connection.receive(NO_JOB);
    end(0);
    assertThat(connection.written())
        .containsExactly(request(WORK_COMPLETE, "H:1", "end"), GRAB, GRAB);
  }
}

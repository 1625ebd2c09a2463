// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.protocol.ProtocolException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Grabs and sleep before a plain server, and the end of the connection. */
class WorkerSessionTest extends SessionFixture {

  private static final Packet GRAB = request(GRAB_JOB_ALL);

  private final List<Sinks.One<JobUpdate>> running = new ArrayList<>();

  /** Jobs that run until told to end. */
  private WorkerSession work(int slots) {
    return work(
        slots,
        job -> {
          Sinks.One<JobUpdate> end = Sinks.one();
          running.add(end);
          return end.asMono();
        });
  }

  private void end(int job) {
    running.get(job).tryEmitValue(new JobEvent.Completed(bytes("end")));
  }

  @Test
  void eachAssignedJobIsFollowedByTwoGrabsWhileSlotsAreFree() {
    work(6);
    assign("H:1"); // 1 job, 2 grabs
    assertThat(connection.written()).containsExactly(GRAB, GRAB);
    assign("H:2"); // 2 jobs, 3 grabs
    assertThat(connection.written()).containsExactly(GRAB, GRAB);
    assign("H:3"); // 3 jobs, 3 grabs: all slots are taken
    assertThat(connection.written()).containsExactly(GRAB);
    assign("H:4");
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void theSlotOfAJobThatEndsIsGrabbedFor() {
    work(1);
    assign("H:1");
    assertThat(connection.written()).isEmpty();
    end(0);
    assertThat(connection.written()).containsExactly(request(WORK_COMPLETE, "H:1", "end"), GRAB);
  }

  @Test
  void aWorkerSleepsWhenItsLastGrabIsRefused() {
    work(1);
    connection.receive(NO_JOB);
    assertThat(connection.written()).containsExactly(request(PRE_SLEEP));
  }

  @Test
  void aWorkerDoesNotSleepWhileAGrabIsOpen() {
    work(3);
    assign("H:1");
    connection.written();
    connection.receive(NO_JOB);
    assertThat(connection.written()).isEmpty();
    connection.receive(NO_JOB);
    assertThat(connection.written()).containsExactly(request(PRE_SLEEP));
  }

  @Test
  void aWorkerThatIsWokenGrabsOnce() {
    work(3);
    connection.receive(NO_JOB);
    connection.written();
    connection.receive(NOOP);
    assertThat(connection.written()).containsExactly(GRAB);
  }

  @Test
  void aWorkerThatIsAwakeIsNotWoken() {
    work(3);
    connection.receive(NOOP);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aWorkerThatWasWokenIsNotWokenTwice() {
    work(3);
    connection.receive(NO_JOB);
    connection.receive(NOOP);
    connection.written();
    connection.receive(NOOP);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aSleepingWorkerDoesNotGrabWhenAJobEnds() {
    work(2);
    assign("H:1");
    connection.receive(NO_JOB);
    connection.written();
    end(0);
    assertThat(connection.written()).containsExactly(request(WORK_COMPLETE, "H:1", "end"));
  }

  @Test
  void theSlotsThatCameFreeDuringSleepAreThereAfterIt() {
    work(2);
    assign("H:1");
    connection.receive(NO_JOB);
    end(0);
    connection.receive(NOOP);
    connection.written();
    assign("H:2");
    assertThat(connection.written()).containsExactly(GRAB);
  }

  @Test
  void aWorkerWithoutAFreeSlotNeitherGrabsNorSleeps() {
    work(2);
    assign("H:1");
    connection.written();
    assign("H:2");
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aFunctionIsGivenTheWholeJob() {
    List<Job> jobs = new ArrayList<>();
    work(
        1,
        job -> {
          jobs.add(job);
          return Mono.empty();
        });
    connection.receive(JOB_ASSIGN_UNIQ, "H:1", "f", "\u00c3\u00bc", "wo\0rk");
    connection.receive(JOB_ASSIGN, "H:2", "f", "work");
    connection.receive(JOB_ASSIGN_ALL, "H:3", "f", "u", "reduce", "part");
    assertThat(jobs)
        .extracting(Job::handle)
        .containsExactly(
            new JobHandle("scripted:4730", "H:1"),
            new JobHandle("scripted:4730", "H:2"),
            new JobHandle("scripted:4730", "H:3"));
    assertThat(jobs).extracting(Job::function).containsExactly("f", "f", "f");
    assertThat(jobs).extracting(Job::unique).containsExactly("ü", "", "u");
    assertThat(jobs).extracting(Job::reducer).containsExactly("", "", "reduce");
    assertThat(jobs)
        .extracting(Job::workload)
        .containsExactly(bytes("wo\0rk"), bytes("work"), bytes("part"));
  }

  /** Each element fills the connection: whoever comes first would get all of it. */
  @Test
  void jobsTakeTurnsWhereTheConnectionIsFull() {
    work(
        3,
        job ->
            Flux.<JobUpdate>generate(sink -> sink.next(data(job.handle().id())))
                .doOnNext(element -> connection.writable(false)));
    assign("H:1");
    assign("H:2");
    assign("H:3");
    for (int i = 0; i < 5; i++) {
      connection.writable(true);
    }
    assertThat(results())
        .extracting(packet -> packet.text(0))
        .containsExactly("H:1", "H:1", "H:2", "H:3", "H:1", "H:2");
  }

  @Test
  void aJobThatRunsAlreadyIsNotAssignedAgain() {
    work(3);
    assign("H:1");
    assign("H:1");
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContainingAll("scripted:4730", "H:1", "twice");
  }

  @Test
  void aJobThatWasNotAskedForIsAProtocolError() {
    work(1);
    assign("H:1");
    assign("H:2");
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContainingAll("scripted:4730", "H:2");
  }

  @Test
  void aRefusalOfNothingIsAProtocolError() {
    work(1);
    connection.receive(NO_JOB);
    connection.receive(NO_JOB);
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("scripted:4730");
  }

  @Test
  void aRequestFromAServerIsAProtocolError() {
    work(1);
    connection.receive(request(NO_JOB));
    assertThat(connection.cause())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContainingAll("scripted:4730", "NO_JOB");
  }

  @Test
  void theLossOfTheConnectionFailsTheSession() {
    IOException reset = new IOException("reset by peer");
    StepVerifier.create(work(1).onClose())
        .then(() -> connection.close(reset))
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(ConnectionException.class)
                    .hasCause(reset)
                    .hasMessageContainingAll("scripted:4730", "reset by peer"));
  }

  @Test
  void theLossOfTheConnectionCancelsWhatRuns() {
    List<String> cancelled = new ArrayList<>();
    work(2, job -> Flux.<JobUpdate>never().doOnCancel(() -> cancelled.add(job.handle().id())));
    assign("H:1");
    assign("H:2");
    connection.close(null);
    assertThat(cancelled).containsExactly("H:1", "H:2");
  }

  /** One job ends because another is cancelled, while all of them are being cancelled. */
  @Test
  void theLossOfTheConnectionReachesAllAlthoughCancellingOneEndsAnother() {
    Sinks.One<JobUpdate> other = Sinks.one();
    List<String> cancelled = new ArrayList<>();
    WorkerSession session =
        work(
            3,
            job ->
                switch (job.handle().id()) {
                  case "H:1" ->
                      Flux.<JobUpdate>never()
                          .doOnCancel(
                              () -> other.tryEmitValue(new JobEvent.Completed(bytes("end"))));
                  case "H:2" -> other.asMono();
                  default -> Flux.<JobUpdate>never().doOnCancel(() -> cancelled.add("H:3"));
                });
    assign("H:1");
    assign("H:2");
    assign("H:3");
    StepVerifier.create(session.onClose())
        .then(() -> connection.close(null))
        .verifyError(ConnectionException.class);
    assertThat(cancelled).containsExactly("H:3");
  }

  @Test
  void disposingOfASessionClosesItsConnection() {
    WorkerSession session = work(1);
    session.dispose();
    assertThat(session.isDisposed()).isTrue();
    StepVerifier.create(session.onClose()).verifyError(ConnectionException.class);
  }
}

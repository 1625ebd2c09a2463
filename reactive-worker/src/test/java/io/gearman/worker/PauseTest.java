// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.ScriptedConnection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

/** A worker of two slots that takes no jobs for a while. */
class PauseTest {

  private final ScriptedConnection connection = new ScriptedConnection();
  private final Slots slots = new Slots(2);
  private final Sinks.Empty<byte[]> end = Sinks.empty();

  private List<PacketType> work(Packet answer) {
    Lane lane =
        new Lane(slots, 2)
            .add(
                new WorkerFunction(
                    "f", JobFunction.ofMono(job -> end.asMono()), Duration.ZERO, false));
    WorkerSession session = connection.open(its -> new WorkerSession(its, lane));
    session.register("", SessionFixture.PATIENCE).subscribe();
    connection.written();
    connection.receive(answer);
    return written();
  }

  private List<PacketType> written() {
    return connection.written().stream().map(Packet::type).toList();
  }

  @Test
  void grabsThatAServerKeepsAreWithdrawnAndSentAgain() {
    assertThat(work(SessionFixture.FLOW)).containsExactly(GRAB_JOB_ALL, GRAB_JOB_ALL);
    slots.pause(true);
    slots.pause(true);
    assertThat(written()).containsExactly(PRE_SLEEP);
    connection.receive(NO_JOB);
    connection.receive(NO_JOB);
    connection.receive(NOOP);
    slots.lookAgain();
    assertThat(written()).isEmpty();
    slots.pause(false);
    assertThat(written()).containsExactly(GRAB_JOB_ALL, GRAB_JOB_ALL);
  }

  @Test
  void aWorkerThatGoesOnBeforeItsGrabsHaveComeBackSendsThemWhenTheyHave() {
    work(SessionFixture.FLOW);
    slots.pause(true);
    slots.pause(false);
    assertThat(written()).containsExactly(PRE_SLEEP);
    connection.receive(NO_JOB);
    connection.receive(NO_JOB);
    assertThat(written()).containsExactly(GRAB_JOB_ALL, GRAB_JOB_ALL);
  }

  @Test
  void jobsThatRunGoOnAndNoneFollows() {
    work(SessionFixture.PLAIN);
    SessionFixture.assign(connection, "H:1");
    slots.pause(true);
    written();
    connection.receive(NO_JOB);
    end.tryEmitEmpty();
    assertThat(written()).containsExactly(PacketType.WORK_COMPLETE);
    slots.pause(false);
    assertThat(written()).contains(GRAB_JOB_ALL);
  }

  @Test
  void aConnectionThatIsMadeMeanwhileGrabsNothingUntilItGoesOn() {
    slots.pause(true);
    assertThat(work(SessionFixture.PLAIN)).isEmpty();
    slots.pause(false);
    assertThat(written()).containsExactly(GRAB_JOB_ALL);
  }
}

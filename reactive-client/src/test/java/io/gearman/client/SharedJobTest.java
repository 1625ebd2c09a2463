// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.testkit.ScriptedConnection.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.WorkerException;
import io.gearman.protocol.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/**
 * Submissions of one unique id on one connection. The server gives each the same handle, and sends
 * every event as often as it was submitted.
 */
class SharedJobTest extends SharedJobContract {

  /** What happens to two submissions; the copies of an event come one after the other. */
  private static final List<Packet> HISTORY =
      List.of(
          response(JOB_CREATED, HANDLE),
          response(JOB_CREATED, HANDLE),
          response(WORK_DATA, HANDLE, "1"),
          response(WORK_DATA, HANDLE, "1"),
          response(WORK_DATA, HANDLE, "2"),
          response(WORK_DATA, HANDLE, "2"),
          response(WORK_COMPLETE, HANDLE, "end"),
          response(WORK_COMPLETE, HANDLE, "end"));

  @Override
  List<Packet> history() {
    return HISTORY;
  }

  @Test
  void whoLeavesBeforeSubmittingTakesNoCopy() {
    TestSubscriber<JobEvent> one = submit(SHARED);
    submit(SHARED, 0).cancel();
    assertThat(connection.written())
        .containsExactly(Packet.request(SUBMIT_JOB, bytes("f"), bytes("u"), bytes("workload")));
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_DATA, HANDLE, "1");
    connection.receive(WORK_DATA, HANDLE, "2");
    connection.receive(WORK_COMPLETE, HANDLE, "end");
    assertThat(one.getReceivedOnNext()).containsExactly(ALL);
  }

  @Test
  void whoJoinsLateGetsWhatComesFromThenOn() {
    TestSubscriber<JobEvent> one = submit(SHARED);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_DATA, HANDLE, "1");
    TestSubscriber<JobEvent> late = submit(SHARED);
    HISTORY.subList(1, 2).forEach(connection::receive); // its JOB_CREATED
    HISTORY.subList(4, HISTORY.size()).forEach(connection::receive);
    assertThat(one.getReceivedOnNext()).containsExactly(ALL);
    assertThat(late.getReceivedOnNext())
        .containsExactly(created(HANDLE), data("2"), completed("end"));
  }

  @Test
  void whoJoinsAfterAllLeftGetsEveryEventOnce() {
    submit(SHARED).cancel();
    connection.receive(JOB_CREATED, HANDLE);
    TestSubscriber<JobEvent> late = submit(SHARED);
    HISTORY.subList(1, HISTORY.size()).forEach(connection::receive);
    assertThat(late.getReceivedOnNext()).containsExactly(ALL);
    assertThat(late.isTerminatedComplete()).isTrue();
  }

  @Test
  void aSlowOneDoesNotHoldUpTheOther() {
    TestSubscriber<JobEvent> slow = submit(SHARED, 1);
    TestSubscriber<JobEvent> fast = submit(SHARED);
    HISTORY.forEach(connection::receive);
    assertThat(slow.getReceivedOnNext()).containsExactly(created(HANDLE));
    assertThat(fast.getReceivedOnNext()).containsExactly(ALL);
    slow.request(9);
    assertThat(slow.getReceivedOnNext()).containsExactly(ALL);
  }

  @Test
  void oneThatOverflowsItsBufferLeavesTheOthersItsCopies() {
    TestSubscriber<JobEvent> slow = submit(SHARED, 1);
    TestSubscriber<JobEvent> fast = submit(SHARED);
    HISTORY.subList(0, 2).forEach(connection::receive);
    String large = "x".repeat(BUFFER_LIMIT);
    connection.receive(WORK_DATA, HANDLE, large);
    connection.receive(WORK_DATA, HANDLE, large);
    HISTORY.subList(4, HISTORY.size()).forEach(connection::receive);
    assertThat(slow.expectTerminalError()).isInstanceOf(BufferLimitException.class);
    assertThat(fast.getReceivedOnNext())
        .containsExactly(created(HANDLE), data(large), data("2"), completed("end"));
  }

  @Test
  void eachHearsOfTheFailure() {
    TestSubscriber<JobEvent> one = submit(SHARED);
    TestSubscriber<JobEvent> other = submit(SHARED);
    HISTORY.subList(0, 2).forEach(connection::receive);
    connection.receive(WORK_EXCEPTION, HANDLE, "boom");
    connection.receive(WORK_EXCEPTION, HANDLE, "boom");
    assertThat(one.expectTerminalError()).isInstanceOf(WorkerException.class);
    assertThat(other.expectTerminalError()).isInstanceOf(WorkerException.class);
  }
}

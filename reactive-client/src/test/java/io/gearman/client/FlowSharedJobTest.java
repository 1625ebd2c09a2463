// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.testkit.ScriptedConnection.request;
import static io.gearman.testkit.ScriptedConnection.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.protocol.Packet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.test.subscriber.TestSubscriber;

/**
 * Submissions of one unique id on one connection where the flow extension is agreed on: the server
 * sends every event once, and it is for all of them.
 */
class FlowSharedJobTest extends SharedJobContract {

  private static final List<Packet> HISTORY =
      List.of(
          response(JOB_CREATED, HANDLE),
          response(JOB_CREATED, HANDLE),
          response(WORK_DATA, HANDLE, "1"),
          response(WORK_DATA, HANDLE, "2"),
          response(WORK_COMPLETE, HANDLE, "end"));

  @Override
  List<Packet> history() {
    return HISTORY;
  }

  @BeforeEach
  void agree() {
    agreeOnFlow();
  }

  private TestSubscriber<JobEvent> running(long demand) {
    TestSubscriber<JobEvent> job = submit(SHARED, demand);
    connection.receive(JOB_CREATED, HANDLE);
    connection.written();
    return job;
  }

  @Test
  void eachHasBytesOfItsOwn() {
    TestSubscriber<JobEvent> one = running(Long.MAX_VALUE);
    TestSubscriber<JobEvent> other = running(Long.MAX_VALUE);
    connection.receive(WORK_COMPLETE, HANDLE, "end");

    assertThat(one.getReceivedOnNext()).containsExactly(created(HANDLE), completed("end"));
    assertThat(other.getReceivedOnNext()).containsExactly(created(HANDLE), completed("end"));
    assertThat(resultOf(one)).isNotSameAs(resultOf(other));
  }

  private static byte[] resultOf(TestSubscriber<JobEvent> job) {
    return ((JobEvent.Completed) job.getReceivedOnNext().get(1)).bytes();
  }

  private void receive(int pieces) {
    for (int i = 0; i < pieces; i++) {
      connection.receive(WORK_DATA, HANDLE, "piece");
    }
  }

  @Test
  void whoLeavesTakesOneSubmissionBack() {
    TestSubscriber<JobEvent> one = running(Long.MAX_VALUE);
    TestSubscriber<JobEvent> other = running(Long.MAX_VALUE);
    one.cancel();
    assertThat(connection.written()).containsExactly(request(WORK_CANCEL, HANDLE));
    other.cancel();
    assertThat(connection.written()).containsExactly(request(WORK_CANCEL, HANDLE));
  }

  @Test
  void oneMayLeaveFromWithinAnEventThatIsForAll() {
    Disposable.Swap leaving = Disposables.swap();
    leaving.update(
        session
            .run(SHARED)
            .filter(JobEvent.Data.class::isInstance)
            .subscribe(data -> leaving.dispose()));
    TestSubscriber<JobEvent> staying = submit(SHARED);
    HISTORY.forEach(connection::receive);
    assertThat(staying.getReceivedOnNext()).containsExactly(ALL);
    assertThat(connection.cause()).isNull();
  }

  @Test
  void whoJoinsLateGetsWhatComesFromThenOn() {
    TestSubscriber<JobEvent> one = submit(SHARED);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_DATA, HANDLE, "1");
    TestSubscriber<JobEvent> late = submit(SHARED);
    connection.receive(JOB_CREATED, HANDLE);
    HISTORY.subList(3, HISTORY.size()).forEach(connection::receive);
    assertThat(one.getReceivedOnNext()).containsExactly(ALL);
    assertThat(late.getReceivedOnNext())
        .containsExactly(created(HANDLE), data("2"), completed("end"));
  }

  @Test
  void theyHaveOneWindow() {
    submit(SHARED);
    submit(SHARED);
    connection.written();
    HISTORY.subList(0, 2).forEach(connection::receive);
    assertThat(connection.written())
        .containsExactly(request(WORK_DEMAND, HANDLE, Integer.toString(WINDOW)));
  }

  @Test
  void theSlowestDecidesWhatIsAllowed() {
    TestSubscriber<JobEvent> slow = running(1);
    running(Long.MAX_VALUE);
    receive(WINDOW);
    assertThat(connection.written()).isEmpty();
    slow.request(WINDOW / 2);
    assertThat(connection.written())
        .containsExactly(request(WORK_DEMAND, HANDLE, Integer.toString(WINDOW / 2)));
  }

  @Test
  void theOthersNoLongerWaitForASlowOneThatLeaves() {
    TestSubscriber<JobEvent> slow = running(1);
    running(Long.MAX_VALUE);
    receive(WINDOW);
    slow.cancel();
    assertThat(connection.written())
        .containsExactly(
            request(WORK_CANCEL, HANDLE), request(WORK_DEMAND, HANDLE, Integer.toString(WINDOW)));
  }

  /** The server has one account for this connection as long as one submission is left. */
  @Test
  void whoJoinsJustWhenTheOthersLeaveHasNoWindowOfItsOwn() {
    List<TestSubscriber<JobEvent>> submissions =
        Stream.generate(() -> submit(SHARED, 1)).limit(5).toList();
    connection.written();
    for (TestSubscriber<JobEvent> submission : submissions) {
      connection.receive(JOB_CREATED, HANDLE);
      if (submission != submissions.get(4)) {
        submission.cancel();
      }
    }
    assertThat(connection.written())
        .filteredOn(packet -> packet.type() == WORK_DEMAND)
        .containsExactly(request(WORK_DEMAND, HANDLE, Integer.toString(WINDOW)));
  }

  /** The answer to an earlier question says nothing of what was sent after it. */
  @Test
  void whoJoinsAfterTheOthersLeftOneAfterTheOtherHasNoWindowOfItsOwn() {
    TestSubscriber<JobEvent> first = running(1);
    TestSubscriber<JobEvent> second = submit(SHARED, 1);
    first.cancel();
    submit(SHARED, 1);
    second.cancel();
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(ECHO_RES, "");
    connection.written();
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(connection.written()).filteredOn(packet -> packet.type() == WORK_DEMAND).isEmpty();
  }

  @Test
  void whoJoinsAfterAllLeftHasAWindowOfItsOwn() {
    TestSubscriber<JobEvent> leaving = running(1);
    submit(JOB, 1); // something that is under way
    leaving.cancel();
    connection.receive(JOB_CREATED, "H:other");
    connection.receive(ECHO_RES, "");
    connection.written();
    submit(SHARED, 1);
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(connection.written())
        .contains(request(WORK_DEMAND, HANDLE, Integer.toString(WINDOW)));
  }

  /** As a subscriber does whose consumers of events and of errors both throw. */
  @Test
  void whoCancelsAndThrowsTakesOneSubmissionBack() {
    session
        .run(SHARED)
        .subscribe(
            event -> {
              throw new IllegalStateException("event");
            },
            error -> {
              throw new IllegalStateException("error");
            });
    submit(SHARED);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(connection.written()).filteredOn(packet -> packet.type() == WORK_CANCEL).hasSize(1);
  }

  @Test
  void eachHearsOfTheFailure() {
    TestSubscriber<JobEvent> one = running(Long.MAX_VALUE);
    TestSubscriber<JobEvent> other = running(Long.MAX_VALUE);
    connection.receive(WORK_FAIL, HANDLE);
    assertThat(one.isTerminatedError()).isTrue();
    assertThat(other.isTerminatedError()).isTrue();
  }
}

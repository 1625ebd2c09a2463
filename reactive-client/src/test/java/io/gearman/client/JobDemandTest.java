// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.protocol.PacketType.WORK_WARNING;
import static io.gearman.testkit.ScriptedConnection.request;
import static io.gearman.testkit.ScriptedConnection.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.protocol.Packet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Operators;
import reactor.test.subscriber.TestSubscriber;

/** What a subscriber wants, as the server hears it where the flow extension is agreed on. */
class JobDemandTest extends SessionFixture {

  private static final int LOW_WATER = WINDOW / 2;
  private static final int RUN_AHEAD = 4 * WINDOW;
  private static final long MANY = 1 << 20;
  private static final String LARGE = "x".repeat(1025);

  @BeforeEach
  void agree() {
    agreeOnFlow();
  }

  /** A job whose first data was taken and that was allowed a window then. */
  private TestSubscriber<JobEvent> running(long demand) {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Operators.addCap(demand, 1));
    receive(1);
    connection.written();
    return job;
  }

  private void receive(int pieces) {
    for (int i = 0; i < pieces; i++) {
      connection.receive(WORK_DATA, HANDLE, "piece");
    }
  }

  private static Packet demand(int pieces) {
    return request(WORK_DEMAND, HANDLE, Integer.toString(pieces));
  }

  @Test
  void nothingIsDemandedOfAJobThatMayBeAMereResult() {
    submit(JOB);
    connection.written();
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_STATUS, HANDLE, "1", "2");
    connection.receive(WORK_COMPLETE, HANDLE, "end");
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aWindowIsAllowedOnceTheFirstDataIsTaken() {
    submit(JOB, 2);
    connection.receive(JOB_CREATED, HANDLE);
    connection.written();
    receive(1);
    assertThat(connection.written()).containsExactly(demand(WINDOW));
  }

  @Test
  void dataThatNobodyTakesYetIsPartOfTheWindow() {
    submit(JOB, 1);
    connection.receive(JOB_CREATED, HANDLE);
    connection.written();
    receive(1);
    assertThat(connection.written()).containsExactly(demand(WINDOW - 1));
  }

  @Test
  void aJobThatOthersMayHaveIsAllowedAWindowAtOnce() {
    submit(JOB.withUnique("u"), 1);
    connection.written();
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(connection.written()).containsExactly(demand(WINDOW));
  }

  @Test
  void whatWasTakenIsAllowedAnewOnceItIsHalfOfTheWindow() {
    running(MANY);
    receive(LOW_WATER - 1);
    assertThat(connection.written()).isEmpty();
    receive(1);
    assertThat(connection.written()).containsExactly(demand(LOW_WATER));
  }

  /** None of it ever waits here, so that it is bounded by what is on the way only. */
  @Test
  void smallDataIsFurtherAheadOfWhoAskedForEverything() {
    accepted(HANDLE, Long.MAX_VALUE);
    connection.written();
    receive(1);
    assertThat(connection.written()).containsExactly(demand(RUN_AHEAD));
    receive(RUN_AHEAD / 2 - 1);
    assertThat(connection.written()).isEmpty();
    receive(1);
    assertThat(connection.written()).containsExactly(demand(RUN_AHEAD / 2));
  }

  @Test
  void largeDataIsNotFurtherAhead() {
    accepted(HANDLE, Long.MAX_VALUE);
    connection.written();
    connection.receive(WORK_DATA, HANDLE, LARGE);
    assertThat(connection.written()).containsExactly(demand(WINDOW));
  }

  @Test
  void dataThatBecomesLargeIsOneWindowAhead() {
    running(Long.MAX_VALUE);
    for (int i = 0; i < RUN_AHEAD; i++) {
      connection.receive(WORK_DATA, HANDLE, LARGE.repeat(2));
    }
    assertThat(connection.written().stream().mapToLong(JobDemandTest::count).sum())
        .isBetween((long) LOW_WATER, (long) WINDOW);
  }

  @Test
  void dataOfAJobThatOthersMayHaveIsNotFurtherAhead() {
    submit(JOB.withUnique("u"), Long.MAX_VALUE);
    connection.written();
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(connection.written()).containsExactly(demand(WINDOW));
  }

  @Test
  void whatWasNotTakenIsNotAllowedAnew() {
    TestSubscriber<JobEvent> job = running(1);
    receive(WINDOW);
    assertThat(connection.written()).isEmpty();
    job.request(LOW_WATER - 1);
    assertThat(connection.written()).isEmpty();
    job.request(1);
    assertThat(connection.written()).containsExactly(demand(LOW_WATER));
  }

  @Test
  void noMoreThanOneWindowIsEverAheadOfTheSubscriber() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    long allowed = 0;
    long sent = 0;
    for (int i = 0; i < 10 * WINDOW; i++) {
      allowed += connection.written().stream().mapToLong(JobDemandTest::count).sum();
      receive((int) (allowed - sent));
      sent = allowed;
      int taken = job.getReceivedOnNext().size() - 1; // without Created
      assertThat(sent - taken).isLessThanOrEqualTo(WINDOW);
      job.request(1);
    }
  }

  private static long count(Packet packet) {
    return packet.type() == WORK_DEMAND ? Long.parseLong(packet.text(1)) : 0;
  }

  @Test
  void warningsAreCountedAsDataIs() {
    running(MANY);
    receive(LOW_WATER - 1);
    connection.receive(WORK_WARNING, HANDLE, "careful");
    assertThat(connection.written()).containsExactly(demand(LOW_WATER));
  }

  @Test
  void progressIsNot() {
    running(MANY);
    receive(LOW_WATER - 1);
    connection.receive(WORK_STATUS, HANDLE, "1", "2");
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void dataThatWasAllowedWaitsWhateverItsSize() {
    TestSubscriber<JobEvent> job = running(1);
    connection.receive(WORK_DATA, HANDLE, "x".repeat(BUFFER_LIMIT + 1));
    connection.receive(WORK_COMPLETE, HANDLE, "end");
    job.request(2);
    assertThat(job.getReceivedOnNext())
        .containsExactly(
            created(HANDLE), data("piece"), data("x".repeat(BUFFER_LIMIT + 1)), completed("end"));
  }

  @Test
  void aRestartIsAnEvent() {
    TestSubscriber<JobEvent> job = running(Long.MAX_VALUE);
    receive(1);
    connection.receive(WORK_RESTARTED, HANDLE);
    assertThat(job.getReceivedOnNext()).endsWith(data("piece"), new JobEvent.Restarted());
  }

  @Test
  void cancellingTellsTheServer() {
    running(Long.MAX_VALUE).cancel();
    assertThat(connection.written()).containsExactly(request(WORK_CANCEL, HANDLE));
  }

  @Test
  void cancellingTwiceTellsTheServerOnce() {
    TestSubscriber<JobEvent> job = running(Long.MAX_VALUE);
    job.cancel();
    job.cancel();
    assertThat(connection.written()).hasSize(1);
  }

  @Test
  void aJobCancelledBeforeItsAnswerIsCancelledWhenItHasAHandle() {
    TestSubscriber<JobEvent> job = submit(JOB);
    job.cancel();
    connection.written();
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(connection.written()).containsExactly(request(WORK_CANCEL, HANDLE));
  }

  static Stream<Packet> ends() {
    return Stream.of(
        response(WORK_COMPLETE, HANDLE, "end"),
        response(WORK_FAIL, HANDLE),
        response(WORK_EXCEPTION, HANDLE, "boom"));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void nothingIsToldOfAJobThatHasEnded(Packet end) {
    TestSubscriber<JobEvent> job = running(1);
    receive(LOW_WATER);
    connection.receive(end);
    job.request(LOW_WATER);
    job.cancel();
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void whatIsUnderWayToACancelledJobIsIgnored() {
    TestSubscriber<JobEvent> job = running(Long.MAX_VALUE);
    job.cancel();
    connection.written();
    receive(WINDOW);
    connection.receive(WORK_COMPLETE, HANDLE, "end");
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE), data("piece"));
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aSubscriberThatThrowsLeavesItsJob() {
    subscribe(
        session
            .run(JOB)
            .doOnNext(
                event -> {
                  if (event instanceof JobEvent.Data) {
                    throw new NoClassDefFoundError("Codec"); // Reactor passes it up the stack
                  }
                }),
        Long.MAX_VALUE);
    connection.receive(JOB_CREATED, HANDLE);
    connection.written();
    receive(1);
    assertThat(connection.written()).containsExactly(request(WORK_CANCEL, HANDLE));
  }

  @Test
  void evenAnOverflowOfTheStackEndsTheSubscriberThatHadIt() {
    TestSubscriber<JobEvent> throwing =
        subscribe(
            session
                .run(JOB)
                .handle(
                    (event, sink) -> {
                      if (event instanceof JobEvent.Data) {
                        throw new StackOverflowError("deep");
                      }
                    }),
            Long.MAX_VALUE);
    connection.receive(JOB_CREATED, HANDLE);
    connection.written();
    receive(1);
    assertThat(throwing.expectTerminalError()).isInstanceOf(StackOverflowError.class);
    assertThat(connection.written()).containsExactly(request(WORK_CANCEL, HANDLE));
  }
}

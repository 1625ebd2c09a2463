// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.protocol.PacketType.WORK_WARNING;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static reactor.test.publisher.TestPublisher.Violation.CLEANUP_ON_TERMINATE;
import static reactor.test.publisher.TestPublisher.Violation.DEFER_CANCELLATION;
import static reactor.test.publisher.TestPublisher.Violation.REQUEST_OVERFLOW;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.WorkerException;
import io.gearman.protocol.Packet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;

/** What a job sends, and what it asks of its publisher. */
class JobRunTest extends SessionFixture {

  private static final JobHandle JOB = new JobHandle("scripted:4730", HANDLE);

  private final TestPublisher<JobUpdate> publisher = TestPublisher.create();

  /** Does what it likes after its end and without demand. */
  private final TestPublisher<JobUpdate> unruly =
      TestPublisher.createNoncompliant(REQUEST_OVERFLOW, CLEANUP_ON_TERMINATE, DEFER_CANCELLATION);

  // ---- packets

  @Test
  void everyUpdateIsAPacket() {
    assertThat(
            answerOf(
                Flux.just(
                    new JobEvent.Status(1, 4294967295L),
                    data("da\0ta"),
                    new JobEvent.Warning(bytes("warning")),
                    data(""),
                    completed("end"))))
        .containsExactly(
            request(WORK_STATUS, HANDLE, "1", "4294967295"),
            request(WORK_DATA, HANDLE, "da\0ta"),
            request(WORK_WARNING, HANDLE, "warning"),
            request(WORK_DATA, HANDLE, ""),
            request(WORK_COMPLETE, HANDLE, "end"));
  }

  @Test
  void aPublisherThatCompletesWithoutAResultHasAnEmptyOne() {
    assertThat(answerOf(Flux.just(data("1"))))
        .containsExactly(request(WORK_DATA, HANDLE, "1"), request(WORK_COMPLETE, HANDLE, ""));
  }

  @Test
  void anEmptyPublisherHasAnEmptyResult() {
    assertThat(answerOf(Mono.empty())).containsExactly(request(WORK_COMPLETE, HANDLE, ""));
  }

  @Test
  void theHandleGoesBackByteByByte() {
    work(1, job -> Mono.empty());
    connection.receive(JOB_ASSIGN_UNIQ, "H:\u00fc\u00ff", "f", "", "");
    assertThat(results()).containsExactly(request(WORK_COMPLETE, "H:\u00fc\u00ff", ""));
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new JobFailedException(JOB), request(WORK_FAIL, HANDLE)),
        Arguments.of(
            new WorkerException(JOB, bytes("\u00ff\0boom")),
            request(WORK_EXCEPTION, HANDLE, "\u00ff\0boom")),
        Arguments.of(
            new IllegalStateException("boom"),
            request(WORK_EXCEPTION, HANDLE, "java.lang.IllegalStateException: boom")),
        Arguments.of(
            new AssertionError("größer"),
            request(
                WORK_EXCEPTION, HANDLE, "java.lang.AssertionError: gr\u00c3\u00b6\u00c3\u009fer")));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void theErrorOfThePublisherDecidesHowTheJobFails(Throwable error, Packet packet) {
    assertThat(answerOf(Mono.error(error))).containsExactly(packet);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void anErrorThrownByTheFunctionCountsAsOneOfThePublisher(Throwable error, Packet packet) {
    assertThat(
            answer(
                job -> {
                  throw sneaky(error);
                }))
        .containsExactly(packet);
  }

  @Test
  void anErrorThrownBySubscribingCountsAsOneOfThePublisher() {
    assertThat(
            answer(
                job ->
                    subscriber -> {
                      throw new WorkerException(JOB, bytes("boom"));
                    }))
        .containsExactly(request(WORK_EXCEPTION, HANDLE, "boom"));
  }

  @Test
  void aFunctionWithoutAPublisherFailsItsJobAndNoOther() {
    work(2, job -> job.handle().equals(JOB) ? null : Mono.empty());
    assign(HANDLE);
    assign("H:2");
    assertThat(results())
        .extracting(Packet::type, packet -> packet.text(0))
        .containsExactly(tuple(WORK_EXCEPTION, HANDLE), tuple(WORK_COMPLETE, "H:2"));
  }

  @Test
  void aClassThatIsMissingFailsItsJobAndNoOther() {
    work(
        1,
        job -> {
          throw new NoClassDefFoundError("Codec");
        });
    assign(HANDLE);
    assertThat(results())
        .containsExactly(request(WORK_EXCEPTION, HANDLE, "java.lang.NoClassDefFoundError: Codec"));
  }

  /** Its message is made of what has gone wrong, say. */
  private static final class Unspeakable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  @Test
  void anErrorThatCannotSayWhatItIsFailsTheJobAndFreesItsSlot() {
    work(1, job -> Mono.error(new Unspeakable()));
    assign(HANDLE);
    assertThat(connection.written())
        .containsExactly(
            request(WORK_EXCEPTION, HANDLE, Unspeakable.class.getName()), request(GRAB_JOB_ALL));
  }

  @Test
  void aFunctionThatIsNotOursFailsTheJob() {
    work(1, job -> Mono.empty());
    connection.receive(JOB_ASSIGN_UNIQ, HANDLE, "other", "", "");
    assertThat(results())
        .containsExactly(
            request(
                WORK_EXCEPTION,
                HANDLE,
                "java.lang.IllegalArgumentException: Unknown function: other"));
  }

  @Test
  void theSlotOfAJobThatFailedIsGrabbedFor() {
    work(1, job -> Mono.error(new JobFailedException(JOB)));
    assign(HANDLE);
    assertThat(connection.written())
        .containsExactly(request(WORK_FAIL, HANDLE), request(GRAB_JOB_ALL));
  }

  // ---- one end

  @Test
  void theResultCancelsThePublisher() {
    answerOf(publisher);
    publisher.next(completed("end"));
    publisher.assertWasCancelled();
    assertThat(results()).containsExactly(request(WORK_COMPLETE, HANDLE, "end"));
  }

  static Stream<Arguments> ends() {
    return Stream.of(
        Arguments.of(completed("end"), request(WORK_COMPLETE, HANDLE, "end")),
        Arguments.of(
            new WorkerException(JOB, bytes("boom")), request(WORK_EXCEPTION, HANDLE, "boom")),
        Arguments.of(null, request(WORK_COMPLETE, HANDLE, "")));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void nothingIsSentAfterTheEndWhateverThePublisherDoes(Object end, Packet packet) {
    answerOf(unruly);
    if (end instanceof JobUpdate update) {
      unruly.next(update);
    } else if (end instanceof Throwable error) {
      unruly.error(error);
    } else {
      unruly.complete();
    }
    unruly.next(data("late")).next(completed("late"));
    unruly.error(new JobFailedException(JOB));
    unruly.complete();
    assertThat(connection.written()).containsExactly(packet, request(GRAB_JOB_ALL));
  }

  @Test
  void aPublisherThatHasCompletedIsNotCancelled() {
    answerOf(publisher);
    publisher.complete();
    publisher.assertNotCancelled();
  }

  @Test
  void aPublisherThatHasFailedIsNotCancelled() {
    answerOf(publisher);
    publisher.error(new JobFailedException(JOB));
    publisher.assertNotCancelled();
  }

  // ---- demand

  @Test
  void elementsAreRequestedOneByOne() {
    answerOf(publisher);
    publisher.assertMaxRequested(1);
    publisher.next(data("1"));
    publisher.assertMaxRequested(1);
    publisher.next(new JobEvent.Status(1, 2));
    publisher.assertMaxRequested(1);
    assertThat(results()).hasSize(2);
  }

  @Test
  void nothingIsRequestedWhileTheConnectionTakesNoData() {
    connection.writable(false);
    answerOf(publisher);
    publisher.assertMaxRequested(0);
    connection.writable(true);
    publisher.assertMinRequested(1).assertMaxRequested(1);
  }

  @Test
  void whatWasRequestedBeforeTheConnectionFilledIsSentAndNothingMoreIsRequested() {
    answerOf(publisher);
    connection.writable(false);
    publisher.next(data("1"));
    assertThat(results()).containsExactly(request(WORK_DATA, HANDLE, "1"));
    publisher.assertMaxRequested(0);
    connection.writable(true);
    publisher.assertMinRequested(1).assertMaxRequested(1);
  }

  @Test
  void theEndNeedsNoWritableConnection() {
    answerOf(publisher);
    connection.writable(false);
    publisher.complete();
    assertThat(results()).containsExactly(request(WORK_COMPLETE, HANDLE, ""));
  }

  @Test
  void allJobsGoOnWhenTheConnectionTakesDataAgain() {
    connection.writable(false);
    work(2, job -> Flux.just(data(job.handle().id())));
    assign("H:1");
    assign("H:2");
    assertThat(results()).isEmpty();
    connection.writable(true);
    assertThat(results())
        .containsExactlyInAnyOrder(
            request(WORK_DATA, "H:1", "H:1"),
            request(WORK_COMPLETE, "H:1", ""),
            request(WORK_DATA, "H:2", "H:2"),
            request(WORK_COMPLETE, "H:2", ""));
  }

  @Test
  void longStreamsDoNotRecurse() {
    List<Packet> packets = answerOf(Flux.range(0, 100_000).map(i -> data("")));
    assertThat(packets).hasSize(100_001);
  }

  @Test
  void moreThanWasRequestedFailsTheJob() {
    connection.writable(false);
    answerOf(unruly);
    unruly.next(data("1"));
    assertThat(connection.written())
        .containsExactly(
            request(
                WORK_EXCEPTION,
                HANDLE,
                "java.lang.IllegalStateException: The publisher of function f emitted more than"
                    + " was requested"),
            request(GRAB_JOB_ALL));
    unruly.assertWasCancelled();
  }

  // ---- packets of the flow extension

  @Test
  void aServerThatHasNotAgreedOnFlowCannotCancel() {
    answerOf(publisher);
    connection.receive(WORK_CANCEL, HANDLE);
    publisher.assertNotCancelled();
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aServerThatHasNotAgreedOnFlowCannotDemand() {
    answerOf(publisher);
    connection.receive(WORK_DEMAND, HANDLE, "9");
    publisher.assertMaxRequested(1);
  }

  // ---- the loss of the connection

  @Test
  void aJobWhoseConnectionIsLostIsCancelledAndSilent() {
    answerOf(unruly);
    connection.close(null);
    unruly.assertWasCancelled();
    unruly.next(completed("late"));
    unruly.error(new JobFailedException(JOB));
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aLongErrorIsCut() {
    List<Packet> sent = answerOf(Mono.error(new IllegalStateException("x".repeat(1_000_000))));
    assertThat(sent)
        .singleElement()
        .satisfies(packet -> assertThat(packet.argument(1)).hasSize(8192));
  }
}

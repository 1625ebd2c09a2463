// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;
import static reactor.test.publisher.TestPublisher.Violation.CLEANUP_ON_TERMINATE;
import static reactor.test.publisher.TestPublisher.Violation.REQUEST_OVERFLOW;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.ScriptedConnection.HandDrivenLoop;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.test.publisher.TestPublisher;

/** Publishers that break the rules of Reactive Streams: that is the end of their own job only. */
class JobRunMisbehaviourTest extends SessionFixture {

  private static final String WELL = "H:2";

  private final TestPublisher<JobUpdate> well = TestPublisher.create();
  private final TestPublisher<JobUpdate> unruly =
      TestPublisher.createNoncompliant(REQUEST_OVERFLOW, CLEANUP_ON_TERMINATE);

  JobRunMisbehaviourTest() {
    super(FLOW);
  }

  /** A job of this publisher, and one of a publisher that behaves. */
  private void begin(Publisher<JobUpdate> misbehaving) {
    work(2, job -> job.handle().id().equals(HANDLE) ? misbehaving : well);
    assign(HANDLE);
    assign(WELL);
  }

  private void assertFailedAlone(String reason) {
    assertThat(connection.cause()).isNull();
    assertThat(connection.written())
        .containsExactly(request(WORK_EXCEPTION, HANDLE, reason), request(GRAB_JOB_ALL));
    assertTheOtherGoesOn();
  }

  private void assertTheOtherGoesOn() {
    connection.receive(WORK_DEMAND, WELL, "1");
    well.next(data("1"));
    assertThat(connection.written()).containsExactly(request(WORK_DATA, WELL, "1"));
  }

  // ---- too much

  @Test
  void moreThanWasRequestedFailsTheJobInsteadOfTakingThePlaceOfWhatWaits() {
    begin(unruly);
    unruly.next(data("1"));
    connection.written();
    unruly.next(data("2")).next(data("3"));
    assertFailedAlone(
        "java.lang.IllegalStateException: The publisher of function f emitted more than was"
            + " requested");
    unruly.assertWasCancelled();
  }

  @Test
  void onlyTheFirstEndCountsWhileItWaitsBehindData() {
    begin(unruly);
    unruly.next(data("1")).next(data("2")).complete();
    unruly.error(new IllegalStateException("second end"));
    assertThat(results()).hasSize(1);
    connection.receive(WORK_DEMAND, HANDLE, "1");
    assertThat(results())
        .containsExactly(request(WORK_DATA, HANDLE, "2"), request(WORK_COMPLETE, HANDLE, ""));
  }

  @Test
  void anUpdateWithoutBytesFailsTheJobWhicheverThreadItComesFrom() {
    HandDrivenLoop loop = new HandDrivenLoop();
    ScriptedConnection remote = new ScriptedConnection(loop);
    work(remote, 1, job -> well);
    loop.run(() -> assign(remote, HANDLE));
    well.next(new JobEvent.Data(null));
    loop.run();
    assertThat(remote.written())
        .extracting(Packet::type)
        .containsExactly(WORK_EXCEPTION, GRAB_JOB_ALL);
    well.assertWasCancelled();
  }

  // ---- exceptions where none may be thrown

  static Stream<Throwable> thrown() {
    return Stream.of(new IllegalStateException("boom"), new AssertionError("boom"));
  }

  private static Publisher<JobUpdate> of(LongConsumer request, Runnable cancel) {
    return subscriber ->
        subscriber.onSubscribe(
            new Subscription() {
              @Override
              public void request(long n) {
                request.accept(n);
              }

              @Override
              public void cancel() {
                cancel.run();
              }
            });
  }

  private static Publisher<JobUpdate> throwingOnRequest(Throwable thrown) {
    return of(
        n -> {
          throw SessionFixture.<RuntimeException>sneaky(thrown);
        },
        () -> {});
  }

  private static Publisher<JobUpdate> throwingOnSecondRequest(Throwable thrown) {
    AtomicInteger requests = new AtomicInteger();
    return of(
        n -> {
          if (requests.incrementAndGet() > 1) {
            throw SessionFixture.<RuntimeException>sneaky(thrown);
          }
        },
        () -> {});
  }

  private static Publisher<JobUpdate> throwingOnCancel(Throwable thrown) {
    return of(
        n -> {},
        () -> {
          throw SessionFixture.<RuntimeException>sneaky(thrown);
        });
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void anExceptionOnTheFirstRequestFailsTheJob(Throwable thrown) {
    begin(throwingOnRequest(thrown));
    assertFailedAlone(thrown.toString());
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void anExceptionOnRequestWhenThereIsDemandFailsTheJob(Throwable thrown) {
    begin(throwingOnSecondRequest(thrown));
    connection.receive(WORK_DEMAND, HANDLE, "1");
    assertFailedAlone(thrown.toString());
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void anExceptionOnRequestWhenTheConnectionTakesDataFailsTheJob(Throwable thrown) {
    connection.writable(false);
    begin(throwingOnRequest(thrown));
    connection.writable(true);
    assertFailedAlone(thrown.toString());
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void anExceptionOnCancelDoesNotKeepACancelledJobFromItsEnd(Throwable thrown) {
    begin(throwingOnCancel(thrown));
    connection.receive(WORK_CANCEL, HANDLE);
    assertThat(connection.cause()).isNull();
    assertThat(connection.written())
        .containsExactly(request(WORK_FAIL, HANDLE), request(GRAB_JOB_ALL));
    assertTheOtherGoesOn();
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void anExceptionOnCancelDoesNotKeepTheLossOfTheConnectionFromOtherJobs(Throwable thrown) {
    begin(throwingOnCancel(thrown));
    connection.close(null);
    well.assertWasCancelled();
  }

  @Test
  void aPublisherThatThrowsAfterItHasSubscribedIsCancelled() {
    begin(
        subscriber -> {
          unruly.subscribe(subscriber);
          throw new IllegalStateException("boom");
        });
    assertFailedAlone("java.lang.IllegalStateException: boom");
    unruly.assertWasCancelled();
  }
}

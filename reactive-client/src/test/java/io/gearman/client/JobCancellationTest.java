// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.ScriptedConnection.HandDrivenLoop;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** Subscribers that leave, and subscribers that call back while they are being told. */
class JobCancellationTest extends SessionFixture {

  private static final long COLLECTION_MILLIS = 5_000;

  @Test
  void aJobCancelledBeforeTheFirstRequestIsNotSent() {
    TestSubscriber<JobEvent> job = submit(JOB, 0);
    job.cancel();
    job.request(1);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aJobCancelledBeforeItsAnswerKeepsItsPlace() {
    TestSubscriber<JobEvent> cancelled = submit(JOB);
    TestSubscriber<JobEvent> next = submit(JOB);
    cancelled.cancel();
    connection.receive(JOB_CREATED, "H:1");
    connection.receive(JOB_CREATED, "H:2");
    connection.receive(WORK_DATA, "H:1", "unheard");
    connection.receive(WORK_DATA, "H:2", "heard");
    assertThat(cancelled.getReceivedOnNext()).isEmpty();
    assertThat(next.getReceivedOnNext()).containsExactly(created("H:2"), data("heard"));
  }

  @Test
  void aPlainServerIsToldInTextToDropAJobThatNobodyElseCanAwait() {
    accepted("H:1", 1).cancel();
    TestSubscriber<JobEvent> unanswered = submit(JOB.withUnique(UniqueId.generated()));
    unanswered.cancel();
    assertThat(dropped).containsExactly(handle("H:1"));
    connection.receive(JOB_CREATED, "H:2");
    assertThat(dropped).containsExactly(handle("H:1"), handle("H:2"));
  }

  /** It may be a background job that was joined, and is not this client's to cancel. */
  @Test
  void aPlainServerIsNotToldToDropAJobThatOthersMayAwait() {
    for (UniqueId unique : List.of(UniqueId.of("u"), UniqueId.ofWorkload())) {
      TestSubscriber<JobEvent> job = submit(JOB.withUnique(unique));
      connection.receive(JOB_CREATED, "H:1");
      job.cancel();
    }
    assertThat(dropped).isEmpty();
  }

  @Test
  void aServerWithFlowIsToldInAPacketOnly() {
    agreeOnFlow();
    accepted(HANDLE, 1).cancel();
    assertThat(dropped).isEmpty();
  }

  @Test
  void aJobThatHasEndedIsNotDropped() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Long.MAX_VALUE);
    connection.receive(WORK_COMPLETE, HANDLE, "");
    job.cancel();
    assertThat(dropped).isEmpty();
  }

  @Test
  void theRefusalOfACancelledJobIsDropped() {
    TestSubscriber<JobEvent> cancelled = submit(JOB);
    TestSubscriber<JobEvent> next = submit(JOB);
    cancelled.cancel();
    connection.receive(ERROR, "QUEUE_ERROR", "Job queue is full");
    connection.receive(JOB_CREATED, "H:2");
    assertThat(cancelled.getProtocolErrors()).isEmpty();
    assertThat(next.getReceivedOnNext()).containsExactly(created("H:2"));
  }

  @Test
  void aCancelledJobIsSilent() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Long.MAX_VALUE);
    job.cancel();
    connection.receive(WORK_DATA, HANDLE, "late");
    connection.receive(WORK_COMPLETE, HANDLE, "late");
    connection.close(null);
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE));
    assertThat(job.getProtocolErrors()).isEmpty();
  }

  @Test
  void eventsThatWaitAreDroppedByCancelling() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    connection.receive(WORK_DATA, HANDLE, "waiting");
    job.cancel();
    job.request(1);
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE));
  }

  @Test
  void cancellingOneJobLeavesTheOthersAlone() {
    TestSubscriber<JobEvent> cancelled = accepted("H:1", 1);
    TestSubscriber<JobEvent> other = accepted("H:2", Long.MAX_VALUE);
    cancelled.cancel();
    connection.receive(WORK_COMPLETE, "H:2", "end");
    assertThat(other.getReceivedOnNext()).containsExactly(created("H:2"), completed("end"));
  }

  @Test
  void cancellingTwiceOrAfterTheEndDoesNothing() {
    TestSubscriber<JobEvent> job = accepted(HANDLE, Long.MAX_VALUE);
    connection.receive(WORK_COMPLETE, HANDLE, "end");
    job.cancel();
    job.cancel();
    assertThat(job.isTerminatedComplete()).isTrue();
  }

  @Test
  void aJobThatWasCancelledIsNotRetained() throws InterruptedException {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    WeakReference<Object> subscriber = cancelledWithoutATrace(collected);
    System.gc();
    assertThat(collected.remove(COLLECTION_MILLIS)).isSameAs(subscriber);
    assertThat(session.isDisposed()).isFalse(); // the session is there, the subscriber is not
  }

  private WeakReference<Object> cancelledWithoutATrace(ReferenceQueue<Object> collected) {
    TestSubscriber<JobEvent> job = accepted(HANDLE, 1);
    connection.receive(WORK_DATA, HANDLE, "waiting");
    job.cancel();
    return new WeakReference<>(job, collected);
  }

  @Test
  void demandFromWithinAnEventIsServedWithoutRecursion() {
    List<JobEvent> events = new ArrayList<>();
    int[] depth = {0, 0};
    session
        .run(JOB)
        .subscribe(
            new BaseSubscriber<>() {
              @Override
              protected void hookOnSubscribe(Subscription subscription) {
                request(1);
              }

              @Override
              protected void hookOnNext(JobEvent event) {
                depth[0]++;
                depth[1] = Math.max(depth[0], depth[1]);
                if (events.isEmpty()) {
                  connection.receive(WORK_DATA, HANDLE, "1");
                  connection.receive(WORK_DATA, HANDLE, "2");
                  connection.receive(WORK_COMPLETE, HANDLE, "end");
                }
                events.add(event);
                request(1);
                depth[0]--;
              }
            });
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(events).containsExactly(created(HANDLE), data("1"), data("2"), completed("end"));
    assertThat(depth[1]).isEqualTo(1);
  }

  @Test
  void cancellingFromWithinAnEventIsTheLastOfIt() {
    List<JobEvent> events = new ArrayList<>();
    session
        .run(JOB)
        .subscribe(
            new BaseSubscriber<>() {
              @Override
              protected void hookOnSubscribe(Subscription subscription) {
                request(1);
              }

              @Override
              protected void hookOnNext(JobEvent event) {
                events.add(event);
                connection.receive(WORK_DATA, HANDLE, "1");
                connection.receive(WORK_COMPLETE, HANDLE, "end");
                request(9);
                cancel();
              }

              @Override
              protected void hookOnComplete() {
                throw new AssertionError("completed after it was cancelled");
              }
            });
    connection.receive(JOB_CREATED, HANDLE);
    assertThat(events).containsExactly(created(HANDLE));
    assertThat(connection.cause()).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void demandThatIsNoneFailsAPlainSubscriber(long demand) { // rule 3.9
    List<Throwable> errors = new ArrayList<>();
    session
        .run(JOB)
        .subscribe(
            new Subscriber<>() {
              @Override
              public void onSubscribe(Subscription subscription) {
                subscription.request(demand);
              }

              @Override
              public void onNext(JobEvent event) {
                throw new AssertionError(event);
              }

              @Override
              public void onError(Throwable error) {
                errors.add(error);
              }

              @Override
              public void onComplete() {
                throw new AssertionError("completed");
              }
            });
    assertThat(errors).singleElement().isInstanceOf(IllegalArgumentException.class);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void signalsFromOtherThreadsWaitForTheLoop() {
    HandDrivenLoop loop = new HandDrivenLoop();
    ScriptedConnection remote = new ScriptedConnection(loop);
    ClientSession confined =
        remote.open(opened -> ClientSession.shared(opened, SETTINGS, handle -> Mono.empty()));
    TestSubscriber<JobEvent> job = subscribe(confined.run(JOB), 1);
    loop.run();
    remote.receive(JOB_CREATED, HANDLE);
    remote.receive(WORK_DATA, HANDLE, "1");
    loop.run();
    job.request(1);
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE));
    loop.run();
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE), data("1"));
  }

  @Test
  void whatWasRequestedAndCancelledBeforeTheLoopRanIsNotSent() {
    HandDrivenLoop loop = new HandDrivenLoop();
    ScriptedConnection remote = new ScriptedConnection(loop);
    ClientSession confined =
        remote.open(opened -> ClientSession.shared(opened, SETTINGS, handle -> Mono.empty()));
    TestSubscriber<JobEvent> job = subscribe(confined.run(JOB), 1);
    job.cancel();
    loop.run();
    assertThat(remote.written()).isEmpty();
  }
}

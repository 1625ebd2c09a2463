// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;
import static reactor.test.publisher.TestPublisher.Violation.CLEANUP_ON_TERMINATE;
import static reactor.test.publisher.TestPublisher.Violation.DEFER_CANCELLATION;

import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.ScriptedConnection.HandDrivenLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;

/** WORK_CANCEL: the publisher is cancelled, and the job ends with one WORK_FAIL. */
class JobRunCancellationTest extends SessionFixture {

  private static final Packet FAIL = request(WORK_FAIL, HANDLE);
  private static final Packet GRAB = request(GRAB_JOB_ALL);

  private final TestPublisher<JobUpdate> publisher = TestPublisher.create();

  /** Goes on after it was cancelled and after its end. */
  private final TestPublisher<JobUpdate> deaf =
      TestPublisher.createNoncompliant(DEFER_CANCELLATION, CLEANUP_ON_TERMINATE);

  JobRunCancellationTest() {
    super(FLOW);
  }

  private void begin(Publisher<JobUpdate> updates) {
    work(1, job -> updates);
    assign(HANDLE);
  }

  private void cancel() {
    connection.receive(WORK_CANCEL, HANDLE);
  }

  private void demand(int count) {
    connection.receive(WORK_DEMAND, HANDLE, Integer.toString(count));
  }

  @Test
  void thePublisherIsCancelledAndTheJobEndsOnce() {
    begin(publisher);
    cancel();
    publisher.assertWasCancelled();
    assertThat(connection.written()).containsExactly(FAIL, GRAB);
  }

  @Test
  void thePublisherIsCancelledBeforeItsSlotIsGivenBack() {
    List<Packet> sentBefore = new ArrayList<>();
    begin(Flux.<JobUpdate>never().doOnCancel(() -> sentBefore.addAll(connection.written())));
    cancel();
    assertThat(sentBefore).isEmpty();
    assertThat(connection.written()).containsExactly(FAIL, GRAB);
  }

  @Test
  void theFreedSlotRunsTheNextJob() {
    work(1, job -> job.handle().id().equals(HANDLE) ? publisher : Mono.just(completed("end")));
    assign(HANDLE);
    cancel();
    assign("H:2");
    assertThat(results()).containsExactly(FAIL, request(WORK_COMPLETE, "H:2", "end"));
  }

  @Test
  void otherJobsGoOn() {
    work(2, job -> job.handle().id().equals(HANDLE) ? Mono.never() : publisher);
    assign(HANDLE);
    assign("H:2");
    cancel();
    publisher.assertNotCancelled();
    publisher.complete();
    assertThat(results()).containsExactly(FAIL, request(WORK_COMPLETE, "H:2", ""));
  }

  @Test
  void dataThatWaitsAtTheGateIsDropped() {
    begin(publisher);
    publisher.next(data("1"), data("2"));
    assertThat(results()).hasSize(1);
    cancel();
    assertThat(results()).containsExactly(FAIL);
  }

  @Test
  void anEndThatWaitsAtTheGateIsDropped() {
    begin(publisher);
    publisher.next(data("1"), data("2")).complete();
    assertThat(results()).hasSize(1);
    cancel();
    demand(1);
    assertThat(connection.written()).containsExactly(FAIL, GRAB);
  }

  // ---- cancels that are ignored

  @Test
  void cancellingAnUnknownJobIsIgnored() {
    begin(publisher);
    connection.receive(WORK_CANCEL, "H:9");
    publisher.assertNotCancelled();
    assertThat(connection.written()).isEmpty();
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void aCancelThatCrossesTheEndIsIgnored() {
    begin(publisher);
    publisher.complete();
    connection.written();
    cancel();
    assertThat(connection.written()).isEmpty();
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void aSecondCancelIsIgnored() {
    begin(publisher);
    cancel();
    connection.written();
    cancel();
    assertThat(connection.written()).isEmpty();
    assertThat(connection.isDisposed()).isFalse();
  }

  // ---- what the publisher does meanwhile

  @Test
  void aCancelInTheMidstOfAnElementDropsIt() {
    begin(
        Flux.just("1", "2", "3", "4")
            .doOnNext(
                element -> {
                  if (element.equals("3")) {
                    cancel();
                  }
                })
            .map(SessionFixture::data));
    demand(4);
    assertThat(connection.written())
        .containsExactly(
            request(WORK_DATA, HANDLE, "1"), request(WORK_DATA, HANDLE, "2"), FAIL, GRAB);
  }

  static Stream<Consumer<Subscriber<? super JobUpdate>>> lastWords() {
    return Stream.of(
        Subscriber::onComplete,
        subscriber -> subscriber.onError(new IllegalStateException("cancelled")),
        subscriber -> subscriber.onNext(completed("end")));
  }

  @ParameterizedTest
  @MethodSource("lastWords")
  void aPublisherThatEndsWhileItIsCancelledDoesNotEndTheJobTwice(
      Consumer<Subscriber<? super JobUpdate>> lastWord) {
    begin(
        subscriber ->
            subscriber.onSubscribe(
                new Subscription() {
                  @Override
                  public void request(long n) {}

                  @Override
                  public void cancel() {
                    lastWord.accept(subscriber);
                  }
                }));
    cancel();
    assertThat(connection.written()).containsExactly(FAIL, GRAB);
  }

  @ParameterizedTest
  @MethodSource("lastWords")
  void whatAPublisherSignalsAfterTheCancelIsNotSent(
      Consumer<Subscriber<? super JobUpdate>> lastWord) {
    AtomicReference<Subscriber<? super JobUpdate>> subscriber = new AtomicReference<>();
    begin(
        actual -> {
          subscriber.set(actual);
          deaf.subscribe(actual);
        });
    cancel();
    deaf.next(data("late"));
    lastWord.accept(subscriber.get());
    assertThat(connection.written()).containsExactly(FAIL, GRAB);
  }

  @Test
  void aPublisherThatSubscribesAfterTheCancelIsCancelled() {
    AtomicReference<Subscriber<? super JobUpdate>> subscriber = new AtomicReference<>();
    begin(subscriber::set);
    cancel();
    publisher.subscribe(subscriber.get());
    publisher.assertWasNotRequested();
    publisher.assertWasCancelled();
  }

  @Test
  void theSignalsOfAnotherThreadThatACancelOvertakesAreNotSent() {
    HandDrivenLoop loop = new HandDrivenLoop();
    ScriptedConnection remote = new ScriptedConnection(loop);
    work(remote, 1, job -> deaf);
    loop.run(() -> assign(remote, HANDLE));
    remote.receive(WORK_CANCEL, HANDLE);
    deaf.next(completed("end"));
    deaf.complete();
    loop.run();
    assertThat(remote.written()).containsExactly(FAIL, GRAB);
  }

  @Test
  void aHandleWithANulBehindItIsUnderstood() {
    work(1, job -> Flux.never());
    assign(HANDLE);
    connection.receive(WORK_CANCEL, HANDLE + '\0');
    assertThat(connection.written()).containsExactly(FAIL, GRAB);
  }
}

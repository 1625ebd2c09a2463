// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.ScriptedConnection.HandDrivenLoop;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import reactor.test.publisher.TestPublisher;

/** Publishers that signal on threads of their own: here, while the event loop stands still. */
class JobRunThreadsTest extends SessionFixture {

  private final HandDrivenLoop loop = new HandDrivenLoop();
  private final ScriptedConnection remote = new ScriptedConnection(loop);
  private final TestPublisher<JobUpdate> publisher = TestPublisher.create();

  private void begin(JobFunction function) {
    work(remote, 1, function);
    remote.receive(PacketType.JOB_ASSIGN_UNIQ, HANDLE, "f", "", "");
    loop.run();
  }

  private List<Packet> sent() {
    return remote.written().stream()
        .filter(packet -> packet.type() != PacketType.GRAB_JOB_ALL)
        .toList();
  }

  @Test
  void signalsOfOtherThreadsAreSentByTheLoopInTheirOrder() {
    begin(job -> publisher);
    publisher.next(data("1"));
    assertThat(sent()).isEmpty();
    loop.run();
    publisher.next(data("2"));
    publisher.complete();
    loop.run();
    assertThat(sent())
        .containsExactly(
            request(WORK_DATA, HANDLE, "1"),
            request(WORK_DATA, HANDLE, "2"),
            request(WORK_COMPLETE, HANDLE, ""));
  }

  /** As of merge: one source signals on a thread of its own, the last to complete on the loop. */
  @Test
  void anEndOnTheLoopDoesNotOvertakeDataOfAnotherThread() {
    begin(job -> publisher);
    loop.execute(publisher::complete);
    publisher.next(data("1"));
    loop.run();
    assertThat(sent())
        .containsExactly(request(WORK_DATA, HANDLE, "1"), request(WORK_COMPLETE, HANDLE, ""));
  }

  @Test
  void aPublisherThatSubscribesLaterIsAskedThen() {
    AtomicReference<Subscriber<? super JobUpdate>> subscriber = new AtomicReference<>();
    begin(job -> subscriber::set);
    publisher.subscribe(subscriber.get());
    publisher.assertMaxRequested(0);
    loop.run();
    publisher.assertMinRequested(1);
  }

  @Test
  void aPublisherThatSubscribesAfterTheLossIsCancelled() {
    AtomicReference<Subscriber<? super JobUpdate>> subscriber = new AtomicReference<>();
    begin(job -> subscriber::set);
    remote.close(null);
    loop.run();
    publisher.subscribe(subscriber.get());
    loop.run();
    publisher.assertWasNotRequested();
    publisher.assertWasCancelled();
  }

  @Test
  void aSecondSubscriptionIsCancelledAndTheFirstGoesOn() {
    AtomicReference<Subscriber<? super JobUpdate>> subscriber = new AtomicReference<>();
    TestPublisher<JobUpdate> second = TestPublisher.create();
    begin(
        job ->
            actual -> {
              subscriber.set(actual);
              publisher.subscribe(actual);
            });
    second.subscribe(subscriber.get());
    loop.run();
    second.assertWasCancelled();
    publisher.assertNotCancelled();
  }
}

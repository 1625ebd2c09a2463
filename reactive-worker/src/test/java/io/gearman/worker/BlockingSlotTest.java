// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.gearman.protocol.Packet;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.ScriptedConnection.HandDrivenLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The slot of code that blocks: it is free when its thread has come back. */
class BlockingSlotTest extends SessionFixture {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final Packet GRAB = request(GRAB_JOB_ALL);

  private final HandDrivenLoop loop = new HandDrivenLoop();
  private final ScriptedConnection remote = new ScriptedConnection(loop);
  private final Sinks.Empty<Void> begun = Sinks.empty();
  private final Sinks.Empty<Void> interrupted = Sinks.empty();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final List<Packet> sent = new ArrayList<>();

  BlockingSlotTest() {
    super(FLOW);
  }

  /** Takes no notice of being interrupted. */
  private byte[] stubborn() {
    begun.tryEmitEmpty();
    while (true) {
      try {
        goOn.await();
        return bytes("end");
      } catch (InterruptedException e) {
        interrupted.tryEmitEmpty();
      }
    }
  }

  private void begin(JobFunction function) {
    work(remote, 1, function);
    loop.run(() -> assign(remote, HANDLE));
  }

  private void awaitSent(int packets) {
    while (sent.size() < packets) {
      loop.run();
      sent.addAll(remote.written());
    }
  }

  @Test
  void theSlotOfACancelledJobIsFreeWhenItsThreadHasComeBack() {
    begin(JobFunction.blocking(job -> stubborn()));
    begun.asMono().block(BOUND);
    remote.receive(WORK_CANCEL, HANDLE);
    awaitSent(1);
    interrupted.asMono().block(BOUND);
    loop.run();
    sent.addAll(remote.written());
    assertThat(sent).containsExactly(request(WORK_FAIL, HANDLE));
    goOn.countDown();
    awaitSent(2);
    assertThat(sent).containsExactly(request(WORK_FAIL, HANDLE), GRAB);
  }

  @Test
  void theSlotIsHeldAlthoughTheFunctionWrapsTheCodeInOperators() {
    JobFunction code = JobFunction.blocking(job -> stubborn());
    begin(job -> Flux.from(code.apply(job)).doOnNext(result -> {}).hide());
    begun.asMono().block(BOUND);
    remote.receive(WORK_CANCEL, HANDLE);
    awaitSent(1);
    loop.run();
    assertThat(remote.written()).isEmpty();
    goOn.countDown();
    awaitSent(2);
    assertThat(sent).endsWith(GRAB);
  }

  @Test
  void theSlotOfAJobThatWasCancelledBeforeAThreadWasFreeIsFreeAtOnce() {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch other = new CountDownLatch(1);
    Scheduler one = Schedulers.newBoundedElastic(1, 10, "one");
    try {
      one.schedule(() -> awaitUninterruptibly(other));
      begin(
          JobFunction.blocking(
              job -> {
                runs.incrementAndGet();
                return null;
              },
              one));
      remote.receive(WORK_CANCEL, HANDLE);
      loop.run();
      assertThat(remote.written()).containsExactly(request(WORK_FAIL, HANDLE), GRAB);
      other.countDown();
      Sinks.Empty<Void> behind = Sinks.empty();
      one.schedule(behind::tryEmitEmpty);
      behind.asMono().block(BOUND);
      assertThat(runs).hasValue(0);
    } finally {
      one.dispose();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theSlotOfAJobThatEndsByItselfIsFreeWithItsEnd() {
    begin(JobFunction.blocking(job -> bytes("end")));
    awaitSent(2);
    assertThat(sent).containsExactly(request(WORK_COMPLETE, HANDLE, "end"), GRAB);
  }

  /** Reactor takes these to be the end of the JVM, and tells nobody. */
  @ParameterizedTest
  @ValueSource(classes = {NoClassDefFoundError.class, StackOverflowError.class})
  void anErrorOfTheJvmFailsTheJob(Class<? extends Error> error) {
    begin(
        JobFunction.blocking(
            job -> {
              throw error.getConstructor().newInstance();
            }));
    assertTimeoutPreemptively(BOUND, () -> awaitSent(2));
    assertThat(sent).containsExactly(request(WORK_EXCEPTION, HANDLE, error.getName()), GRAB);
  }

  @Test
  void theSlotOfAJobWhoseConnectionWasLostIsFreeWhenItsThreadHasComeBack() {
    Lane lane = lane(1, JobFunction.blocking(job -> stubborn()));
    open(lane, remote);
    loop.run(() -> assign(remote, HANDLE));
    begun.asMono().block(BOUND);
    remote.close(null);
    loop.run();
    ScriptedConnection next = new ScriptedConnection(loop);
    open(lane, next);
    assertThat(next.written()).doesNotContain(GRAB);
    goOn.countDown();
    while (!next.written().contains(GRAB)) {
      loop.run();
    }
  }

  private void open(Lane lane, ScriptedConnection connection) {
    WorkerSession session = connection.open(opened -> new WorkerSession(opened, lane));
    session.register("", PATIENCE).subscribe();
    connection.receive(FLOW);
    loop.run();
  }
}

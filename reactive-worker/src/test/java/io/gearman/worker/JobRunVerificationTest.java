// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.TckTests;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Mono;

/** The subscriber of a function's publisher by the Reactive Streams TCK. */
class JobRunVerificationTest {

  private static final EventExecutor LOOP = new DefaultEventExecutor();
  private static final long TIMEOUT_MILLIS = 1_000; // for what must come
  private static final long SILENCE_MILLIS = 50; // for what must not

  @AfterAll
  static void stopTheLoop() {
    LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @TestFactory
  Stream<DynamicTest> theSubscriberOfAJobKeepsTheRulesOfReactiveStreams() {
    return TckTests.of(Plain::new);
  }

  @TestFactory
  Stream<DynamicTest> withFlowItKeepsThemToo() {
    return TckTests.of(Flow::new);
  }

  private static JobRun jobRun(boolean flow) {
    WorkerFunction function = new WorkerFunction("f", job -> Mono.empty(), Duration.ZERO, false);
    Lane lane = new Lane(new Slots(1), 1).add(function);
    WorkerSession session =
        new ScriptedConnection(LOOP).open(opened -> new WorkerSession(opened, lane));
    JobHandle handle = new JobHandle("scripted:4730", "H:1");
    return new JobRun(
        session,
        SessionFixture.bytes("H:1"),
        new Job(handle, "f", "", "", new byte[0]),
        function,
        flow);
  }

  /** Public, since the TCK is made for TestNG. */
  public static final class Plain extends SubscriberBlackboxVerification<JobUpdate> {

    public Plain() {
      super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS));
    }

    @Override
    public Subscriber<JobUpdate> createSubscriber() {
      return jobRun(false);
    }

    @Override
    public JobUpdate createElement(int element) {
      return new JobEvent.Status(element, 0);
    }
  }

  /** Data, which takes credit; each demand of the TCK is one of the listeners. */
  public static final class Flow extends SubscriberBlackboxVerification<JobUpdate> {

    public Flow() {
      super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS));
    }

    @Override
    public Subscriber<JobUpdate> createSubscriber() {
      return jobRun(true);
    }

    @Override
    public void triggerRequest(Subscriber<? super JobUpdate> job) {
      LOOP.execute(() -> ((JobRun) job).demand(1));
    }

    @Override
    public JobUpdate createElement(int element) {
      return new JobEvent.Data(SessionFixture.bytes("x"));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.util.Objects.requireNonNull;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * One job at work: the subscriber of its function's publisher, and the slot it takes.
 *
 * <p>With flow, the publisher is asked for what credit allows and one element more. Data without
 * credit waits at a gate, where there is room for one; progress and the end need no credit, and
 * would be locked in behind the last data if nothing were asked for. Without flow it is asked for
 * one element after the other. In both cases only while the connection takes data. What is larger
 * than a packet may be goes in pieces: each takes credit, and none goes while the connection takes
 * no data.
 *
 * <pre>
 *        data without credit, pieces left
 *   RUNNING ----------------------> GATED: nothing is asked for, the publisher's end waits
 *      ^                              |
 *      +--WORK_DEMAND, writable again-+
 *
 *   RUNNING --Completed, onComplete, onError--> ENDED (one terminal packet)
 *   either ------------WORK_CANCEL------------> ENDED (publisher cancelled, WORK_FAIL)
 *   either ---something thrown, time is up----> ENDED (publisher cancelled, WORK_EXCEPTION)
 *   either ----------connection lost----------> ENDED (publisher cancelled, nothing sent)
 * </pre>
 *
 * <p>The publisher is cancelled before the slot of its job is given back. Whatever goes wrong in it
 * concerns this job alone.
 *
 * <p>Confined to the session's event loop, hence the plain fields: signals go there first.
 */
final class JobRun extends Slot implements CoreSubscriber<JobUpdate> {

  private static final long MAX_PREFETCH = 256; // what is asked for comes, even if the socket fills

  private final WorkerSession session;
  private final Job job;
  private final WorkerFunction function;
  private final boolean flow;
  private final JobOutput output;

  private @Nullable Subscription upstream; // until the publisher has ended or is to end
  private @Nullable Disposable timer;
  private boolean subscribed;
  private long credit = 1; // data that may be sent, the first without being asked; with flow only
  private long asked; // elements that were requested and have not come
  private @Nullable Backlog gate; // what waits; while it is not empty nothing is asked for
  private @Nullable Runnable afterGate; // the publisher's end, which what waits keeps back
  private boolean ended;

  private int signals; // counted where they come: one after the other, whichever their threads
  private int handled; // of these, on the event loop

  JobRun(WorkerSession session, byte[] handle, Job job, WorkerFunction function, boolean flow) {
    this.session = session;
    this.job = job;
    this.function = function;
    this.flow = flow;
    this.output = new JobOutput(session, handle, job);
  }

  String handle() {
    return job.handle().id();
  }

  @Override
  void free() {
    session.slotIsFree();
  }

  // ---- what the session says

  void start() {
    Duration timeout = function.timeout();
    if (!timeout.isZero()) {
      timer =
          Mono.delay(timeout)
              .subscribe(over -> session.execute(() -> timedOut(timeout.toMillis())));
    }
    watched(
        () ->
            requireNonNull(function.code().apply(job), "The function returned no publisher")
                .subscribe(this));
  }

  /** The connection takes data again. */
  void resume() {
    watched(this::proceed);
  }

  /** The listeners allow more data. */
  void demand(long more) {
    watched(() -> allow(more));
  }

  /** Nobody wants this job any more. */
  void cancelled() {
    end(output::cancelled);
  }

  /** The connection is lost: nobody hears of this job any more. */
  void connectionLost() {
    stop();
  }

  private void timedOut(long millis) {
    fail(
        new TimeoutException(
            "Function %s was given up after its timeout of %d ms"
                .formatted(function.name(), millis)));
  }

  // ---- what the publisher says, from any thread

  /** Where a function finds the slot of its job. */
  @Override
  public Context currentContext() {
    return context();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    requireNonNull(subscription);
    signal(JobRun::subscribed, subscription);
  }

  @Override
  public void onNext(JobUpdate update) {
    requireNonNull(update);
    signal(JobRun::arrived, update);
  }

  @Override
  public void onError(Throwable failure) {
    requireNonNull(failure);
    signal(JobRun::done, () -> fail(failure));
  }

  @Override
  public void onComplete() {
    signal(JobRun::done, this::complete);
  }

  /**
   * Takes a signal to the event loop: at once if it comes there, unless one from another thread is
   * still on its way and would be overtaken.
   */
  private <T> void signal(BiConsumer<JobRun, T> step, T what) {
    boolean next = signals++ == handled; // only looked at on the event loop, where it is exact
    if (session.inEventLoop() && next) {
      handled++;
      guarded(step, what);
    } else {
      session.execute(
          () -> {
            handled++;
            function.watch(() -> guarded(step, what));
          });
    }
  }

  // ---- on the event loop

  /** What may run code of the function on the event loop. */
  private void watched(Runnable step) {
    function.watch(() -> guarded((run, its) -> its.run(), step));
  }

  /** A class that is missing, for one, or a publisher that throws, concerns this job alone. */
  private <T> void guarded(BiConsumer<JobRun, T> step, T what) {
    try {
      step.accept(this, what);
    } catch (Throwable thrown) {
      throwIfFatal(thrown);
      fail(thrown);
    }
  }

  private static void throwIfFatal(Throwable thrown) {
    if (thrown instanceof VirtualMachineError fatal) {
      throw fatal;
    }
  }

  private void subscribed(Subscription subscription) {
    if (ended || subscribed) {
      subscription.cancel();
    } else {
      subscribed = true;
      upstream = subscription;
      pull();
    }
  }

  /** Asks for more elements if they may be sent. */
  private void pull() {
    Subscription source = upstream;
    long wanted = flow ? Math.min(credit, MAX_PREFETCH) + 1 : 1;
    if (source != null && isClear() && asked < wanted && session.isWritable()) {
      long more = wanted - asked;
      asked = wanted;
      source.request(more);
    }
  }

  private boolean isClear() {
    return gate == null || gate.isEmpty();
  }

  private void allow(long more) {
    credit += more;
    proceed();
  }

  /** Sends what waits, as far as it may be sent, and then goes on. */
  private void proceed() {
    if (gate != null) {
      pass(gate);
    }
    if (!isClear()) {
      return;
    }
    if (afterGate != null) {
      afterGate.run();
    } else {
      pull();
    }
  }

  private void pass(Backlog waiting) {
    JobUpdate next = waiting.peek();
    while (next != null && !ended && mayBeSent(next, waiting.isPiece())) {
      waiting.remove();
      send(next);
      next = waiting.peek();
    }
  }

  private boolean mayBeSent(JobUpdate update, boolean piece) {
    return (!takesCredit(update) || credit > 0) && (!piece || session.isWritable());
  }

  private void arrived(JobUpdate update) {
    if (ended) {
      return;
    }
    if (asked == 0) {
      throw new IllegalStateException(
          "The publisher of function " + job.function() + " emitted more than was requested");
    }
    asked--;
    if (isClear() && output.fits(update) && mayBeSent(update, false)) {
      send(update);
      pull();
    } else {
      hold(update);
      proceed();
    }
  }

  private void hold(JobUpdate update) {
    if (gate == null) {
      gate = new Backlog(output);
    }
    gate.add(update);
  }

  private boolean takesCredit(JobUpdate update) {
    return flow && (update instanceof JobEvent.Data || update instanceof JobEvent.Warning);
  }

  private void send(JobUpdate update) {
    if (takesCredit(update)) {
      credit--;
    }
    if (update instanceof JobEvent.Completed) {
      end(() -> output.send(update));
    } else {
      output.send(update);
    }
  }

  /** The publisher is done; its end does not overtake its data. */
  private void done(Runnable end) {
    upstream = null; // there is nothing to cancel any more
    if (isClear()) {
      end.run();
    } else if (afterGate == null) {
      afterGate = end;
    }
  }

  private void complete() {
    end(output::complete);
  }

  private void fail(Throwable failure) {
    if (ended) {
      WorkerSession.log.debug("{} failed after its end", job, failure);
    } else {
      end(() -> output.fail(failure));
    }
  }

  /** The end of this job, once. */
  private void end(Runnable packet) {
    if (!ended) {
      stop();
      try {
        packet.run();
      } finally {
        session.ended(this); // in any case, or the slot would be lost
      }
    }
  }

  /** Nothing is sent or asked for any more, and what the publisher still says is not heard. */
  private void stop() {
    ended = true;
    gate = null;
    if (timer != null) {
      timer.dispose();
    }
    Subscription source = upstream;
    upstream = null;
    if (source != null) {
      cancel(source);
    }
  }

  private void cancel(Subscription source) {
    try {
      source.cancel();
    } catch (Throwable thrown) { // the other jobs of the connection must not suffer
      throwIfFatal(thrown);
      WorkerSession.log.warn("The publisher of {} failed to cancel", job, thrown);
    }
  }
}

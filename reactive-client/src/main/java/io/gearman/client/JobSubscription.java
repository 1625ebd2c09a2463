// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.GearmanException;
import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobTimeoutException;
import io.gearman.JobTimeoutException.Limit;
import io.gearman.WorkerException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.ProtocolException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * One submission of a job, from the first request of its subscriber to the last event.
 *
 * <pre>
 *   NEW --request(n)--> SUBMITTED --JOB_CREATED--> LIVE --COMPLETE, FAIL, EXCEPTION--> ENDED
 *    |                      |                        |
 *    +-----cancel()---------+-------cancel()---------+--------------> CANCELLED
 * </pre>
 *
 * <p>It may go on elsewhere, with the events of another source: from NEW if its subscriber is slow
 * and the server a plain one, and from ENDED if it has failed. Demand and cancellation are passed
 * on from then.
 *
 * <p>ERROR, the loss of the connection and a full buffer lead to ENDED from anywhere. A submission
 * that was cancelled keeps its place where others count on it: in the line of those who wait for
 * JOB_CREATED, and before a plain server in the turns of those who share its job.
 *
 * <p>Confined to the session's event loop, hence the plain fields: {@code request} and {@code
 * cancel} go there first.
 */
final class JobSubscription extends Reply implements Subscription {

  private static final Logger log = LoggerFactory.getLogger(GearmanClient.class);
  private static final AtomicLongFieldUpdater<JobSubscription> EARLY =
      AtomicLongFieldUpdater.newUpdater(JobSubscription.class, "early");
  private static final long BEGUN = -1;

  private final ClientSession session;
  private final boolean unique;
  private final boolean mayBeResent; // when the answer is late
  private final CoreSubscriber<? super JobEvent> actual;
  private final @Nullable IdleWatch idle;

  private boolean mayShare; // with a unique id others may come to share the handle
  private @Nullable JobRequest request; // until it is sent
  private @Nullable Elsewhere elsewhere; // null if it does not go on there
  private @Nullable Relay relay; // of the events from elsewhere
  private @Nullable WaitingEvents waiting; // made by the first that waits
  private long requested;
  private boolean cancelled;
  private boolean ended;
  private boolean draining;
  private volatile boolean
      gone; // set where cancel is called: what is not sent yet is not sent any more
  private volatile long early; // demand from within onSubscribe, or BEGUN
  private @Nullable SharedJob job; // from JOB_CREATED on
  private @Nullable Throwable failure;

  /**
   * @param elsewhere where it goes on if not here; null if it does not
   */
  JobSubscription(
      ClientSession session,
      JobRequest request,
      @Nullable Elsewhere elsewhere,
      CoreSubscriber<? super JobEvent> actual) {
    this.session = session;
    this.request = request;
    this.elsewhere = elsewhere;
    this.unique = !request.unique().text().isEmpty();
    this.mayShare = request.unique().mayBeShared();
    this.mayBeResent = request.attempts() > 1;
    this.idle = request.idleLimit() == null ? null : new IdleWatch(request.idleLimit(), this);
    this.actual = actual;
  }

  // ---- what the subscriber says

  @Override
  public void request(long n) {
    if (Operators.validate(n) && !isKept(n)) {
      pass(n);
    }
  }

  /** Whether this is a demand from within {@code onSubscribe}, which is kept until it returns. */
  private boolean isKept(long n) {
    for (long kept = early; kept != BEGUN; kept = early) {
      if (EARLY.compareAndSet(this, kept, Operators.addCap(kept, n))) {
        return true;
      }
    }
    return false;
  }

  /** The subscriber has its subscription: from now on it may get signals. */
  void begin() {
    long kept = EARLY.getAndSet(this, BEGUN);
    if (kept > 0) {
      pass(kept);
    }
  }

  private void pass(long n) {
    if (session.isInLoop()) {
      demand(n);
    } else {
      session.execute(() -> demand(n));
    }
  }

  @Override
  public void cancel() {
    gone = true;
    session.execute(this::abandon);
  }

  private void demand(long n) {
    requested = Operators.addCap(requested, n);
    JobRequest unsent = request;
    Elsewhere other = elsewhere;
    if (relay != null) {
      relay.request(n);
    } else if (unsent == null || gone) {
      drain(null);
    } else if (other != null && requested < Long.MAX_VALUE && !session.hasFlow()) {
      request = null;
      goOn(() -> other.apart(session));
    } else {
      request = null; // what waits for its job need not hold its workload
      session.send(this, unsent::inForeground);
    }
  }

  /** Nothing more comes from here. */
  private void goOn(Supplier<Flux<JobEvent>> source) {
    elsewhere = null;
    Relay next = new Relay(actual);
    relay = next;
    if (requested > 0) {
      next.request(requested);
    }
    Flux.defer(source).subscribe(next); // which fails if the source cannot be made
  }

  private void abandon() {
    if (relay != null) {
      relay.cancel();
    } else if (!cancelled) {
      cancelled = true;
      waiting = null;
      leave();
    }
  }

  private void leave() {
    stopWatch();
    if (!ended) {
      session.leave(this, job);
    }
  }

  // ---- what the session says

  @Override
  PacketType expected() {
    return PacketType.JOB_CREATED;
  }

  @Override
  void onAnswer(Packet created) {
    JobHandle handle = session.handle(created);
    job = session.join(this, created);
    heard();
    if (!mayBeResent) {
      elsewhere = null; // a job that was accepted is not sent again
    }
    if (cancelled) {
      leave();
    } else {
      emit(new JobEvent.Created(handle));
    }
  }

  @Override
  void onLateAnswer(Packet created) {
    mayShare |= mayBeResent; // with its own next attempt
    session.leave(this, session.join(this, created));
  }

  /** Whether the server knows its job by a unique id. */
  boolean hasUnique() {
    return unique;
  }

  /** Whether submissions with the same unique id may come to share its job. */
  boolean mayShare() {
    return mayShare;
  }

  /** Whether the subscriber has asked for whatever comes. */
  boolean takesAll() {
    return requested == Long.MAX_VALUE;
  }

  /** Data that waits for the subscriber. */
  long dataWaiting() {
    return waiting == null ? 0 : waiting.data();
  }

  @Override
  void onFailure(RuntimeException failure) {
    end(null, failure);
  }

  void onWork(Packet packet) {
    SharedJob job = this.job;
    if (cancelled || ended || job == null) {
      return;
    }
    heard();
    switch (packet.type()) {
      case WORK_DATA -> emit(new JobEvent.Data(packet.argument(1)));
      case WORK_WARNING -> emit(new JobEvent.Warning(packet.argument(1)));
      case WORK_RESTARTED -> emit(new JobEvent.Restarted());
      case WORK_STATUS -> emit(new JobEvent.Status(number(packet, 1), number(packet, 2)));
      case WORK_FAIL -> end(null, new JobFailedException(job.handle()));
      case WORK_EXCEPTION -> end(null, new WorkerException(job.handle(), packet.argument(1)));
      case WORK_COMPLETE -> end(new JobEvent.Completed(packet.argument(1)), null);
      default -> throw new ProtocolException(packet + " is no event of a job");
    }
  }

  private void heard() {
    if (idle != null) {
      idle.heard();
    }
  }

  private void stopWatch() {
    if (idle != null) {
      idle.stop();
    }
  }

  /** Runs a task of this job on its event loop. */
  void execute(Runnable task) {
    session.execute(task);
  }

  boolean isOver() {
    return cancelled || ended;
  }

  /** Whether it is the subscriber who is awaited. */
  boolean hasWaiting() {
    return waiting != null && !waiting.isEmpty();
  }

  /** Nothing has come for too long. */
  void timedOut(Duration limit) {
    if (job != null && !isOver()) {
      JobHandle handle = job.handle();
      leave();
      end(null, new JobTimeoutException(Limit.IDLE, limit, handle.server(), handle));
    }
  }

  /** What a worker may only send on demand, where flow is agreed on. */
  static boolean takesDemand(Packet packet) {
    return packet.type() == PacketType.WORK_DATA || packet.type() == PacketType.WORK_WARNING;
  }

  /** Workers may write anything here: what is not a number counts as 0. */
  private static long number(Packet status, int argument) {
    try {
      return Long.parseLong(status.text(argument).trim());
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  // ---- to the subscriber

  private void emit(JobEvent event) {
    drain(event);
    if (waiting != null && session.overflows(waiting.bytes()) && job != null && !ended) {
      waiting = null;
      leave();
      end(null, new BufferLimitException(job.handle(), session.bufferLimit()));
    }
  }

  private void keep(JobEvent event) {
    WaitingEvents kept = waiting == null ? new WaitingEvents() : waiting;
    kept.add(event);
    waiting = kept;
  }

  private void end(@Nullable JobEvent last, @Nullable RuntimeException failure) {
    if (!ended) {
      ended = true;
      stopWatch();
      session.ended(this);
      this.failure = failure;
      drain(last);
    }
  }

  /**
   * Hands out what was requested.
   *
   * @param latest has just come, after what waits
   */
  private void drain(@Nullable JobEvent latest) {
    boolean passes = !draining && requested > 0 && !hasWaiting();
    if (latest != null && !passes) {
      keep(latest);
    }
    if (draining) {
      return; // the loop below runs further up the stack
    }
    draining = true;
    try {
      if (latest != null && passes) {
        give(latest);
      }
      handOut();
    } catch (Throwable thrown) {
      threw(thrown);
    }
    draining = false;
    if (ended && !hasWaiting() && !cancelled) {
      cancelled = true; // nothing comes after the end
      if (!gone) { // whoever has cancelled meanwhile would drop an error
        signalEnd();
      }
    } else if (job != null && !ended && !cancelled) {
      session.taken(job, !hasWaiting());
    }
  }

  /** A subscriber that throws fails alone: the connection serves others. */
  private void threw(Throwable thrown) {
    if (cancelled) {
      log.warn("A subscriber threw after it had cancelled {}", job, thrown);
    } else {
      waiting = null;
      elsewhere = null; // it is the subscriber that has failed
      leave();
      ended = true;
      failure = thrown;
    }
  }

  private void handOut() {
    while (!cancelled && requested > 0 && waiting != null && !waiting.isEmpty()) {
      JobEvent event = waiting.remove();
      heard(); // while it waited the job was not late
      give(event);
    }
  }

  private void give(JobEvent event) {
    if (requested != Long.MAX_VALUE) {
      requested--;
    }
    actual.onNext(event);
  }

  private void signalEnd() {
    Elsewhere other = elsewhere;
    try {
      if (failure == null) {
        actual.onComplete();
      } else if (other != null && failure instanceof GearmanException lost) {
        goOn(() -> other.after(session, lost));
      } else {
        actual.onError(failure);
      }
    } catch (Throwable thrown) {
      log.warn("The subscriber of {} threw on its end", job, thrown);
    }
  }
}

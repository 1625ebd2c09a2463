// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobUpdate;
import io.gearman.WorkerException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One job at work: the subscriber of its function's publisher.
 *
 * <p>With flow, the publisher is asked for what credit allows and one element more. Data without
 * credit waits at a gate, where there is room for one; progress and the end need no credit, and
 * would be locked in behind the last data if nothing were asked for. Without flow it is asked for
 * one element after the other. In both cases only while the connection takes data.
 *
 * <pre>
 *             data without credit
 *   RUNNING ----------------------> GATED: nothing is asked for, the publisher's end waits
 *      ^                              |
 *      +---------WORK_DEMAND----------+
 *
 *   RUNNING --Completed, onComplete, onError--> ENDED (one terminal packet)
 *   either ------------WORK_CANCEL------------> ENDED (publisher cancelled, WORK_FAIL)
 *   either ----------something thrown---------> ENDED (publisher cancelled, WORK_EXCEPTION)
 *   either ----------connection lost----------> ENDED (publisher cancelled, nothing sent)
 * </pre>
 *
 * <p>The publisher is cancelled before the slot of its job is given back. Whatever goes wrong in it
 * concerns this job alone.
 *
 * <p>Confined to the session's event loop, hence the plain fields: signals go there first.
 */
final class JobRun implements CoreSubscriber<JobUpdate> {

  private static final int MAX_TEXT = 8192; // bytes of an error's class and message
  private static final long MAX_PREFETCH = 256; // what is asked for comes, even if the socket fills
  private static final byte[] NONE = {};

  private final WorkerSession session;
  private final byte[] handle;
  private final Job job;
  private final boolean flow;

  private @Nullable Subscription upstream; // until the publisher has ended or is to end
  private boolean subscribed;
  private long credit; // data that may be sent; with flow only
  private long asked; // elements that were requested and have not come
  private @Nullable JobUpdate gate; // data that waits for credit; then nothing is asked for
  private @Nullable Runnable
      afterGate; // the publisher's end, which the data at the gate keeps back
  private boolean ended;

  private int signals; // counted where they come: one after the other, whichever their threads
  private int handled; // of these, on the event loop

  JobRun(WorkerSession session, byte[] handle, Job job, boolean flow) {
    this.session = session;
    this.handle = handle;
    this.job = job;
    this.flow = flow;
  }

  String handle() {
    return job.handle().id();
  }

  // ---- what the session says

  void start(JobFunction function) {
    guarded(
        () ->
            requireNonNull(function.apply(job), "The function returned no publisher")
                .subscribe(this));
  }

  /** The connection takes data again. */
  void resume() {
    guarded(this::pull);
  }

  /** The listeners allow more data. */
  void demand(long more) {
    guarded(() -> allow(more));
  }

  /** Nobody wants this job any more. */
  void cancelled() {
    end(PacketType.WORK_FAIL, handle);
  }

  /** The connection is lost: nobody hears of this job any more. */
  void connectionLost() {
    stop();
  }

  // ---- what the publisher says, from any thread

  @Override
  public void onSubscribe(Subscription subscription) {
    requireNonNull(subscription);
    signal(() -> subscribed(subscription));
  }

  @Override
  public void onNext(JobUpdate update) {
    requireNonNull(update);
    signal(() -> arrived(update));
  }

  @Override
  public void onError(Throwable failure) {
    requireNonNull(failure);
    signal(() -> done(() -> fail(failure)));
  }

  @Override
  public void onComplete() {
    signal(() -> done(() -> end(PacketType.WORK_COMPLETE, handle, NONE)));
  }

  /**
   * Takes a signal to the event loop: at once if it comes there, unless one from another thread is
   * still on its way and would be overtaken.
   */
  private void signal(Runnable task) {
    boolean next = signals++ == handled; // only looked at on the event loop, where it is exact
    if (session.inEventLoop() && next) {
      handle(task);
    } else {
      session.execute(() -> handle(task));
    }
  }

  private void handle(Runnable task) {
    handled++;
    guarded(task);
  }

  // ---- on the event loop

  /** A class that is missing, for one, or a publisher that throws, concerns this job alone. */
  private void guarded(Runnable step) {
    try {
      step.run();
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
    if (source != null && gate == null && asked < wanted && session.isWritable()) {
      long more = wanted - asked;
      asked = wanted;
      source.request(more);
    }
  }

  private void allow(long more) {
    credit += more;
    JobUpdate waiting = gate;
    if (waiting != null) {
      gate = null;
      send(waiting);
    }
    if (afterGate != null) {
      afterGate.run();
    } else {
      pull();
    }
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
    if (!fits(bytesOf(update))) {
      fail(tooLarge(bytesOf(update).length));
    } else if (takesCredit(update) && credit == 0) {
      gate = update;
    } else {
      send(update);
      pull();
    }
  }

  private boolean takesCredit(JobUpdate update) {
    return flow && (update instanceof JobEvent.Data || update instanceof JobEvent.Warning);
  }

  private void send(JobUpdate update) {
    if (takesCredit(update)) {
      credit--;
    }
    if (update instanceof JobEvent.Data data) {
      session.send(PacketType.WORK_DATA, handle, data.bytes());
    } else if (update instanceof JobEvent.Warning warning) {
      session.send(PacketType.WORK_WARNING, handle, warning.bytes());
    } else if (update instanceof JobEvent.Status status) {
      session.send(PacketType.WORK_STATUS, handle, ascii(status.done()), ascii(status.total()));
    } else if (update instanceof JobEvent.Completed result) {
      end(PacketType.WORK_COMPLETE, handle, result.bytes());
    }
  }

  /** The publisher is done; its end does not overtake its data. */
  private void done(Runnable end) {
    upstream = null; // there is nothing to cancel any more
    if (gate == null) {
      end.run();
    } else if (afterGate == null) {
      afterGate = end;
    }
  }

  private static byte[] bytesOf(JobUpdate update) {
    if (update instanceof JobEvent.Data data) {
      return data.bytes();
    }
    if (update instanceof JobEvent.Warning warning) {
      return warning.bytes();
    }
    return update instanceof JobEvent.Completed completed ? completed.bytes() : NONE;
  }

  /** A larger packet would end the connection, and the job would run again, to the same end. */
  private boolean fits(byte[] bytes) {
    return (long) Packet.HEADER_SIZE + handle.length + 1 + bytes.length <= session.maxPacketSize();
  }

  private IllegalStateException tooLarge(int size) {
    return new IllegalStateException(
        "Function %s sent %d bytes at once, which is over the packet limit of %d bytes: send them in parts"
            .formatted(job.function(), size, session.maxPacketSize()));
  }

  private void fail(Throwable failure) {
    if (ended) {
      WorkerSession.log.debug("{} failed after its end", job, failure);
    } else if (failure instanceof WorkerException exception && fits(exception.bytes())) {
      end(PacketType.WORK_EXCEPTION, handle, exception.bytes());
    } else if (failure.getClass() == JobFailedException.class) {
      end(PacketType.WORK_FAIL, handle);
    } else {
      WorkerSession.log.warn("Function {} failed on {}", job.function(), job, failure);
      byte[] text = failure.toString().getBytes(UTF_8);
      end(PacketType.WORK_EXCEPTION, handle, Arrays.copyOf(text, Math.min(text.length, MAX_TEXT)));
    }
  }

  /** The end of this job, once. */
  private void end(PacketType type, byte[]... arguments) {
    if (!ended) {
      stop();
      session.send(type, arguments);
      session.ended(this);
    }
  }

  /** Nothing is sent or asked for any more, and what the publisher still says is not heard. */
  private void stop() {
    ended = true;
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

  private static byte[] ascii(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }
}

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
 * One job at work: the subscriber of its function's publisher. It asks for one element at a time,
 * and only while the connection takes data, so that a job has at most one element between its
 * publisher and the socket.
 *
 * <pre>
 *   RUNNING --Completed, onComplete, onError--> ENDED (one terminal packet)
 *      |
 *      +----------connection lost-------------> ENDED (publisher cancelled, nothing sent)
 * </pre>
 *
 * <p>Confined to the session's event loop, hence the plain fields: signals go there first.
 */
final class JobRun implements CoreSubscriber<JobUpdate> {

  private static final int MAX_TEXT = 8192; // bytes of an error's class and message
  private static final byte[] NONE = {};

  private final WorkerSession session;
  private final byte[] handle;
  private final Job job;

  private @Nullable Subscription upstream;
  private boolean asked; // an element was requested and has not come
  private boolean ended;

  private int signals; // counted where they come: one after the other, whichever their threads
  private int handled; // of these, on the event loop

  JobRun(WorkerSession session, byte[] handle, Job job) {
    this.session = session;
    this.handle = handle;
    this.job = job;
  }

  void start(JobFunction function) {
    try {
      requireNonNull(function.apply(job), "The function returned no publisher").subscribe(this);
    } catch (Throwable thrown) {
      if (thrown instanceof VirtualMachineError fatal) {
        throw fatal;
      }
      fail(thrown); // a class that is missing, for one, concerns this job alone
    }
  }

  /** Asks for the next element if one may be sent. */
  void pull() {
    Subscription source = upstream;
    if (source != null && !asked && !ended && session.isWritable()) {
      asked = true;
      source.request(1);
    }
  }

  /** The connection is lost: nobody hears of this job any more. */
  void cancel() {
    ended = true;
    cancelUpstream();
  }

  private void cancelUpstream() {
    try {
      if (upstream != null) {
        upstream.cancel();
      }
    } catch (RuntimeException e) { // the other jobs of the connection must not suffer
      WorkerSession.log.warn("The publisher of {} failed to cancel", job, e);
    }
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
    signal(() -> send(update));
  }

  @Override
  public void onError(Throwable failure) {
    requireNonNull(failure);
    signal(() -> fail(failure));
  }

  @Override
  public void onComplete() {
    signal(() -> end(PacketType.WORK_COMPLETE, handle, new byte[0]));
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
    task.run();
  }

  // ---- on the event loop

  private void subscribed(Subscription subscription) {
    if (ended || upstream != null) {
      subscription.cancel();
    } else {
      upstream = subscription;
      pull();
    }
  }

  private void send(JobUpdate update) {
    if (ended) {
      return;
    }
    asked = false;
    if (!fits(bytesOf(update))) {
      fail(tooLarge(bytesOf(update).length));
      cancelUpstream();
    } else if (update instanceof JobEvent.Data data) {
      session.send(PacketType.WORK_DATA, handle, data.bytes());
    } else if (update instanceof JobEvent.Warning warning) {
      session.send(PacketType.WORK_WARNING, handle, warning.bytes());
    } else if (update instanceof JobEvent.Status status) {
      session.send(PacketType.WORK_STATUS, handle, ascii(status.done()), ascii(status.total()));
    } else if (update instanceof JobEvent.Completed completed) {
      end(PacketType.WORK_COMPLETE, handle, completed.bytes());
      cancelUpstream();
    }
    pull();
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
      return;
    }
    if (failure instanceof WorkerException exception && fits(exception.bytes())) {
      end(PacketType.WORK_EXCEPTION, handle, exception.bytes());
    } else if (failure.getClass() == JobFailedException.class) {
      end(PacketType.WORK_FAIL, handle);
    } else {
      WorkerSession.log.warn("Function {} failed on {}", job.function(), job, failure);
      byte[] text = failure.toString().getBytes(UTF_8);
      end(PacketType.WORK_EXCEPTION, handle, Arrays.copyOf(text, Math.min(text.length, MAX_TEXT)));
    }
  }

  private void end(PacketType type, byte[]... arguments) {
    if (!ended) {
      ended = true;
      session.send(type, arguments);
      session.ended(this);
    }
  }

  private static byte[] ascii(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }
}

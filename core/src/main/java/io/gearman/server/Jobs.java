// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.Priority;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every job that has not ended, by handle, and the functions that they wait for: how jobs come, are
 * given to workers, lose them, lose their listeners, and end.
 */
final class Jobs {

  private static final byte[] WORKLOAD_IS_THE_KEY = {'-'};
  private static final byte[] WAITED_FOR =
      "Detached: others waited too long for this listener to take data".getBytes(UTF_8);
  private static final byte[] FELL_BEHIND =
      "Detached: the job runs in the background and sent more than this listener had allowed"
          .getBytes(UTF_8);

  private final Handles handles;
  private final Credits credits;
  private final Map<ByteKey, FunctionQueue> functions = new LinkedHashMap<>();
  private final LongObjectMap<Job> jobs = new LongObjectHashMap<>();

  Jobs(Handles handles, Stall.Clock clock) {
    this.handles = handles;
    this.credits = new Credits(handles, clock, listener -> giveUp(listener, WAITED_FOR));
  }

  Collection<FunctionQueue> functions() {
    return functions.values();
  }

  /** The function of this name, which comes into being when it is first named. */
  FunctionQueue function(byte[] name) {
    return functions.computeIfAbsent(new ByteKey(name), key -> new FunctionQueue(key.bytes()));
  }

  @Nullable FunctionQueue knownFunction(byte[] name) {
    return functions.get(new ByteKey(name));
  }

  boolean isEmpty() {
    return jobs.isEmpty();
  }

  @Nullable Job find(byte[] handle) {
    return jobs.get(handles.parse(handle));
  }

  /** What a connection waits for under a handle. */
  @Nullable Attachment find(Peer peer, byte[] handle) {
    return peer.attachments.get(handles.parse(handle));
  }

  byte[] handle(Job job) {
    return handles.toBytes(job.number);
  }

  Credits credits() {
    return credits;
  }

  // ---- coming

  /** Joins the live job of this function with the same unique id, or queues a new one. */
  Job submit(Peer peer, Packet packet, Priority priority, boolean background) {
    FunctionQueue function = function(packet.argument(0));
    byte[] unique = packet.argument(1);
    byte[] workload = packet.argument(2);
    ByteKey key = coalescingKey(unique, workload);
    Job live = function.find(key);
    Job job =
        live != null ? live : new Job(handles.next(), function, unique, key, workload, priority);
    if (background) {
      job.background = true;
      job.endStalls(); // it waits for nobody from now on
    } else {
      attach(peer, job);
    }
    if (live == null) {
      jobs.put(job.number, job);
      function.index(job);
      enqueue(job);
    } else {
      credits.grant(job);
    }
    return job;
  }

  /** An empty unique id never coalesces, and "-" stands for the workload itself. */
  private static @Nullable ByteKey coalescingKey(byte[] unique, byte[] workload) {
    byte[] key = Arrays.equals(unique, WORKLOAD_IS_THE_KEY) ? workload : unique;
    return key.length == 0 ? null : new ByteKey(key);
  }

  private void attach(Peer peer, Job job) {
    Attachment known = peer.attachments.get(job.number);
    if (known != null) {
      known.submissions++;
    } else {
      Attachment attachment = new Attachment(peer, job);
      job.attachments.addLast(attachment);
      peer.attachments.put(job.number, attachment);
    }
  }

  private void enqueue(Job job) {
    job.function.queue(job.priority).addLast(job);
    dispatch(job.function);
  }

  // ---- to workers

  /**
   * Gives waiting jobs to the grabs that are kept for them, in turn; failing these, wakes all who
   * sleep.
   */
  void dispatch(FunctionQueue function) {
    while (function.queued() > 0) {
      Peer keeper = function.nextKeeper();
      if (keeper == null) {
        function.wakeSleepers();
        return;
      }
      Job job = keeper.takeNext();
      if (job != null) {
        assign(keeper, job, JOB_ASSIGN_UNIQ);
      }
    }
  }

  /** A worker takes over a job that was taken out of its queue. */
  void assign(Peer worker, Job job, PacketType form) {
    job.own(worker);
    if (form == JOB_ASSIGN) {
      worker.send(JOB_ASSIGN, handle(job), job.function.name, job.workload);
    } else {
      worker.send(JOB_ASSIGN_UNIQ, handle(job), job.function.name, job.unique, job.workload);
    }
    credits.grant(job);
  }

  /**
   * A worker no longer runs these jobs: each starts again from the end of its queue, the newest
   * first.
   */
  void release(Collection<Job> released) {
    List<Job> oldestFirst = List.copyOf(released);
    for (int i = oldestFirst.size() - 1; i >= 0; i--) {
      Job job = oldestFirst.get(i);
      if (job.isAbandoned()) {
        end(job);
      } else {
        restart(job);
      }
    }
  }

  private void restart(Job job) {
    if (job.dataSent) {
      sendRestarted(job);
    }
    job.endStalls();
    job.disown();
    enqueue(job);
  }

  private void sendRestarted(Job job) {
    Packet restarted = Packet.response(WORK_RESTARTED, handle(job));
    for (Attachment listener = job.attachments.first();
        listener != null;
        listener = listener.next) {
      if (listener.peer.flow) {
        listener.send(restarted);
      }
    }
  }

  // ---- leaving

  /** A connection is gone, and with it everything it waited for. */
  void detachAll(Peer peer) {
    List.copyOf(peer.attachments.values()).forEach(this::detach);
  }

  /**
   * A listener leaves; a job that nobody wants any more is dropped if it waits and cancelled if it
   * runs.
   */
  void detach(Attachment attachment) {
    Job job = attachment.job;
    remove(attachment);
    if (!job.isAbandoned()) {
      credits.grant(job);
    } else if (job.owner == null) {
      end(job);
    } else if (job.owner.flow) {
      job.function.unindex(job); // a newcomer starts a new job
      job.owner.send(WORK_CANCEL, handle(job));
    }
  }

  /** A background job waits for nobody. */
  void leaveBehind(Attachment listener) {
    giveUp(listener, FELL_BEHIND);
  }

  /** A listener that is too slow is told why and hears no more. */
  private void giveUp(Attachment listener, byte[] reason) {
    if (listener.peer.flow) {
      sendException(listener, reason);
      detach(listener);
    } else {
      listener.peer.close();
    }
  }

  void sendException(Attachment listener, byte[] exception) {
    byte[] handle = handle(listener.job);
    listener.send(
        listener.peer.exceptions
            ? Packet.response(PacketType.WORK_EXCEPTION, handle, exception)
            : Packet.response(PacketType.WORK_FAIL, handle));
  }

  private static void remove(Attachment attachment) {
    Chain.unlink(attachment);
    attachment.peer.attachments.remove(attachment.job.number);
    attachment.peer.revisit.remove(attachment);
    attachment.endStall();
  }

  /** The end of a job, whatever it was doing: nothing refers to it afterwards. */
  void end(Job job) {
    job.disown();
    Chain.unlink(job);
    job.function.unindex(job);
    jobs.remove(job.number);
    for (Attachment left = job.attachments.first(); left != null; left = job.attachments.first()) {
      remove(left);
    }
  }
}

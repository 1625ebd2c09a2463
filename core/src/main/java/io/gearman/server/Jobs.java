// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every job that has not ended, by handle, and the functions that they wait for: how jobs come, are
 * given to workers, lose them, lose their listeners, and end.
 */
final class Jobs {

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final byte[] WAITED_FOR =
      "Detached: others waited too long for this listener to take data".getBytes(UTF_8);
  private static final byte[] FELL_BEHIND =
      "Detached: the job runs in the background and sent more than this listener had allowed"
          .getBytes(UTF_8);

  private static final byte[] UNASKED =
      ("Detached: the job began anew again and again, and this listener has not allowed data of "
              + Attachment.MAX_UNASKED
              + " runs")
          .getBytes(UTF_8);

  private final ServerSettings settings;
  private final Functions functions;
  private final Handles handles;
  private final Stalls stalls;
  private final Credits credits;
  private final Attachments attachments;
  private final Relay relay = new Relay(this);
  private final Delayed delayed;
  private final JobTable jobs = new JobTable();
  private long bytes; // that all of them take

  Jobs(ServerSettings settings, Functions functions, Handles handles, Stalls stalls) {
    this.settings = settings;
    this.attachments = new Attachments(settings.maxJoined);
    this.functions = functions;
    this.handles = handles;
    this.stalls = stalls;
    this.credits = new Credits(handles, stalls, listener -> giveUp(listener, WAITED_FOR));
    this.delayed = new Delayed(stalls.clock(), this::enqueue);
  }

  /** What all jobs take that have not ended. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return jobs.size() == 0;
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

  /** The jobs that have not ended, oldest first. */
  long[] numbers() {
    return jobs.numbers();
  }

  @Nullable Job find(long number) {
    return jobs.get(number);
  }

  /**
   * Of the jobs that were submitted under a unique id, whatever their functions, the newest; null
   * if there is none.
   */
  @Nullable Job newest(byte[] unique) {
    ByteKey key = new ByteKey(unique);
    Job newest = null;
    for (FunctionQueue function : functions.all()) {
      Job job = function.find(key);
      if (job != null
          && Arrays.equals(job.unique, unique)
          && (newest == null || job.number > newest.number)) {
        newest = job;
      }
    }
    return newest;
  }

  Credits credits() {
    return credits;
  }

  Relay relay() {
    return relay;
  }

  // ---- coming

  /** Another submission of a job that has not ended. */
  void join(Peer peer, Job job, boolean background) {
    job.function.tally.joined++;
    settings.observer.joined(job.function.text(), job.priority);
    if (background) {
      job.background = true;
      job.endStalls(); // it waits for nobody from now on
    } else {
      attachments.add(peer, job);
    }
    credits.grant(job);
  }

  /** Why a submission cannot join a job, or null if it can. */
  @Nullable String refusal(Peer peer, Job job, Submission submission) {
    return attachments.refusal(peer, job, submission);
  }

  /** Why a new job cannot be taken, or null if it can. */
  @Nullable String refusal(FunctionQueue function, Submission submission) {
    if (function.isFull(submission.priority())) {
      return "Job queue is full";
    }
    if (Job.sizeOf(submission) > settings.maxQueuedBytes - bytes) {
      return "Jobs take " + bytes + " of " + settings.maxQueuedBytes + " bytes";
    }
    return null;
  }

  Job add(Peer peer, FunctionQueue function, Submission submission) {
    Job job = new Job(handles.next(), function, submission);
    jobs.add(job);
    function.tally.submitted++;
    settings.observer.submitted(function.text(), job.priority);
    bytes += job.size();
    function.index(job);
    if (!job.background) {
      attachments.add(peer, job);
    }
    if (job.due == 0 || delayed.isDue(job.due)) {
      enqueue(job);
    } else {
      delayed.add(job);
    }
    functions.settle(function);
    return job;
  }

  private void enqueue(Job job) {
    job.since = now();
    job.function.enqueue(job);
    dispatch(job.function);
  }

  // ---- to workers

  /**
   * Gives waiting jobs to the grabs that are kept for them, in turn; failing these, wakes those who
   * sleep.
   */
  void dispatch(FunctionQueue function) {
    while (function.hasQueued()) {
      Abilities keeper = function.nextKeeper();
      if (keeper == null) {
        function.wakeSleepers(settings.workerWakeup);
        return;
      }
      Job job = keeper.takeNext();
      if (job != null) {
        assign(keeper.peer, job, GRAB_JOB_ALL);
      }
    }
  }

  /**
   * A worker takes over a job that was taken out of its queue.
   *
   * @param grab what it asked with, which decides how it is answered
   */
  void assign(Peer worker, Job job, PacketType grab) {
    long waitedSince = job.since;
    job.own(worker);
    job.since = now();
    settings.observer.started(job.function.text(), job.priority, job.since - waitedSince);
    worker.send(assignment(job, grab));
    Duration timeout = worker.abilities.timeout(job.function);
    if (timeout != null) {
      limit(job, timeout);
    }
    credits.grant(job);
  }

  private long now() {
    return stalls.clock().nanos();
  }

  private void limit(Job job, Duration bound) {
    Run run = job.run;
    if (run != null) {
      run.timeout = stalls.clock().schedule(bound, () -> expire(job));
    }
  }

  /** A worker that is not read, for the sake of somebody slow, may have sent the result in time. */
  private void expire(Job job) {
    if (job.owner != null && job.owner.intake.isHeld()) {
      limit(job, LOOK_AGAIN);
    } else {
      release(List.of(job));
    }
  }

  private Packet assignment(Job job, PacketType grab) {
    byte[] handle = handle(job);
    byte[] function = job.function.name;
    if (grab == GRAB_JOB) {
      return Packet.response(JOB_ASSIGN, handle, function, job.workload);
    }
    if (grab == GRAB_JOB_ALL && job.reducer.length > 0) {
      return Packet.response(
          JOB_ASSIGN_ALL, handle, function, job.unique, job.reducer, job.workload);
    }
    return Packet.response(JOB_ASSIGN_UNIQ, handle, function, job.unique, job.workload);
  }

  /**
   * A worker no longer runs these jobs: each starts again from the end of its queue, the newest
   * first, unless it was run often enough.
   */
  void release(Collection<Job> released) {
    List<Job> oldestFirst = List.copyOf(released);
    for (int i = oldestFirst.size() - 1; i >= 0; i--) {
      Job job = oldestFirst.get(i);
      job.runs++;
      if (job.isAbandoned()) {
        end(job, Outcome.CANCELLED);
      } else if (settings.jobRetries >= 0 && job.runs >= settings.jobRetries) {
        fail(job);
      } else {
        restart(job);
      }
    }
  }

  private void fail(Job job) {
    relay.end(job, Packet.response(WORK_FAIL, handle(job)));
    end(job, Outcome.GIVEN_UP);
  }

  private void restart(Job job) {
    if (job.run != null && job.run.dataSent) {
      sendRestarted(job);
    }
    job.function.tally.restarted++;
    settings.observer.restarted(job.function.text(), job.priority);
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
    attachments.remove(attachment);
    if (job.isAbandoned()) {
      abandon(job);
    } else {
      credits.grant(job);
    }
  }

  private void abandon(Job job) {
    if (job.owner == null) {
      end(job, Outcome.CANCELLED);
    } else if (job.owner.flow) {
      job.function.unindex(job); // a newcomer starts a new job
      job.owner.send(WORK_CANCEL, handle(job));
    }
  }

  /**
   * Somebody who need not be a listener takes a job back: its listeners are told that it failed.
   */
  void cancel(Job job) {
    job.background = false;
    job.function.unindex(job); // a newcomer starts a new job
    relay.end(job, Packet.response(WORK_FAIL, handle(job)));
    attachments.removeAll(job);
    abandon(job);
  }

  /** A background job waits for nobody. */
  void leaveBehind(Attachment listener) {
    giveUp(listener, FELL_BEHIND);
  }

  /** Data of run after run was more than this listener wanted. */
  void leaveUnasked(Attachment listener) {
    giveUp(listener, UNASKED);
  }

  /** A listener that is too slow is told why and hears no more. */
  private void giveUp(Attachment listener, byte[] reason) {
    if (listener.peer.flow) {
      sendException(listener, reason);
      detach(listener);
    } else {
      listener.peer.close(Departure.STALLED);
    }
  }

  void sendException(Attachment listener, byte[] exception) {
    byte[] handle = handle(listener.job);
    listener.send(
        listener.peer.exceptions
            ? Packet.response(PacketType.WORK_EXCEPTION, handle, exception)
            : Packet.response(PacketType.WORK_FAIL, handle));
  }

  /** The end of a job, whatever it was doing: nothing refers to it afterwards. */
  void end(Job job, Outcome outcome) {
    FunctionQueue function = job.function;
    function.tally.ended(outcome);
    if (job.owner != null) {
      settings.observer.ended(function.text(), job.priority, outcome, now() - job.since);
    } else {
      settings.observer.withdrawn(function.text(), job.priority);
    }
    job.disown();
    function.dequeue(job);
    function.unindex(job);
    delayed.remove(job);
    if (jobs.remove(job)) {
      bytes -= job.size();
    }
    attachments.removeAll(job);
    functions.settle(function);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobHandle;
import io.gearman.JobLostException;
import io.gearman.JobStatus;
import io.gearman.protocol.Packet;
import io.gearman.transport.PacketConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * The jobs that a connection waits for, by handle: who gets which packet, and what the server hears
 * of demand and cancellation if it speaks the flow extension. What comes for a job that nobody here
 * waits for is ignored: it was under way when the last one left.
 *
 * <p>Confined to the event loop of the connection, hence the plain fields.
 */
final class LiveJobs {

  private final PacketConnection connection;
  private final int window;
  private final Map<String, SharedJob> jobs = new HashMap<>();
  private final Inquiries inquiries;
  private boolean flow; // known before the first job is accepted, since answers come in order

  /**
   * @param status asks the server for a job
   */
  LiveJobs(
      PacketConnection connection,
      ClientSettings settings,
      Function<JobHandle, Mono<JobStatus>> status) {
    this.connection = connection;
    this.window = settings.window();
    this.inquiries = new Inquiries(settings.acceptLimit(), connection.executor(), status, this);
  }

  void agreeOnFlow() {
    flow = true;
  }

  boolean hasFlow() {
    return flow;
  }

  boolean isEmpty() {
    return jobs.isEmpty();
  }

  int size() {
    return jobs.size();
  }

  SharedJob join(JobSubscription member, JobHandle handle) {
    SharedJob job = jobs.computeIfAbsent(handle.id(), id -> new SharedJob(handle, window));
    job.join(member);
    if (!flow && job.isUnique()) {
      inquiries.begin();
    }
    return job;
  }

  /**
   * A submission wants no more of its job. Before a plain server, one that may share its job with
   * others on this connection keeps its place and drops its copies, since the server sends them to
   * the end.
   */
  void leave(JobSubscription member, SharedJob job) {
    if (flow || !member.mayShare()) {
      job.leave(member);
    }
    if (flow) {
      connection.write(job.cancel());
      demand(job); // the others may have waited for this one
    }
  }

  /** What was under way when this job was deserted has been answered. */
  void answered(SharedJob job) {
    if (job.answered()) {
      forget(job);
    }
  }

  /** Nobody waits for this job, unless somebody has joined it meanwhile. */
  void forget(SharedJob job) {
    if (job.isEmpty()) {
      jobs.remove(job.handle().id(), job);
    }
  }

  /** Allows the worker what has become free of the window. */
  void demand(SharedJob job) {
    long more = flow ? job.takeDemand() : 0;
    if (more > 0) {
      connection.write(job.demand(more));
    }
  }

  /** An event of a job has arrived. */
  void onWork(Packet packet) {
    String handle = withoutTrailingNul(packet.text(0));
    SharedJob job = jobs.get(handle);
    if (job == null) {
      return;
    }
    boolean last =
        switch (packet.type()) {
          case WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION -> true;
          default -> false;
        };
    if (flow) {
      if (last) {
        jobs.remove(handle);
      }
      job.toAll(packet);
    } else {
      JobSubscription next = job.next(last);
      if (job.isEmpty()) {
        jobs.remove(handle);
      }
      next.onWork(packet);
    }
  }

  /** gearmand ends the handle of a WORK_FAIL with a NUL when the worker sent an exception. */
  private static String withoutTrailingNul(String handle) {
    int end = handle.indexOf('\0');
    return end < 0 ? handle : handle.substring(0, end);
  }

  boolean hasUnique() {
    return jobs.values().stream().anyMatch(SharedJob::isUnique);
  }

  /** The jobs with a unique id of which nothing was heard since the last call. */
  List<SharedJob> unheard() {
    return jobs.values().stream().filter(SharedJob::isUnique).filter(SharedJob::isUnheard).toList();
  }

  /** The server knows nothing of this job. */
  void lost(SharedJob job, JobLostException end) {
    if (jobs.remove(job.handle().id(), job)) {
      job.members().forEach(member -> Replies.fail(member, end));
    }
  }

  /** Forgets all jobs and gives those who waited for them. */
  List<JobSubscription> clear() {
    inquiries.stop();
    List<JobSubscription> waiting = new ArrayList<>();
    jobs.values().forEach(job -> waiting.addAll(job.members()));
    jobs.clear();
    return waiting;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.JobHandle;
import io.gearman.JobLostException;
import io.gearman.JobStatus;
import io.gearman.protocol.Packet;
import io.gearman.transport.PacketConnection;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final byte[] wholeWindow; // which is demanded for each job that was accepted
  private final String server;
  private final Map<SharedJob.Key, SharedJob> jobs = new HashMap<>();
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
    this.server = connection.server().toString();
    this.window = settings.window();
    this.wholeWindow = decimal(window);
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

  SharedJob join(JobSubscription member, byte[] handle) {
    SharedJob.Key key = new SharedJob.Key(handle);
    SharedJob job = jobs.get(key);
    if (job == null) {
      job = new SharedJob(server, key, window, member.hasUnique());
      jobs.put(key, job);
    }
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
      jobs.remove(job.key(), job);
    }
  }

  /** Allows the worker what has become free of the window. */
  void demand(SharedJob job) {
    long more = flow ? job.takeDemand() : 0;
    if (more > 0) {
      connection.write(job.demand(more == window ? wholeWindow : decimal(more)));
    }
  }

  private static byte[] decimal(long count) {
    return Long.toString(count).getBytes(US_ASCII);
  }

  /** An event of a job has arrived. */
  void onWork(Packet packet) {
    SharedJob job = jobs.get(new SharedJob.Key(handle(packet)));
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
        jobs.remove(job.key());
      }
      job.toAll(packet);
    } else {
      JobSubscription next = job.next(last);
      if (job.isEmpty()) {
        jobs.remove(job.key());
      }
      next.onWork(packet);
    }
  }

  /** gearmand ends the handle of a WORK_FAIL with a NUL when the worker sent an exception. */
  private static byte[] handle(Packet packet) {
    byte[] handle = packet.argument(0);
    int end = handle.length - 1;
    return end >= 0 && handle[end] == 0 ? Arrays.copyOf(handle, end) : handle;
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
    if (jobs.remove(job.key(), job)) {
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

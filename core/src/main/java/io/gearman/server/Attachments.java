// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import org.jspecify.annotations.Nullable;

/**
 * Who waits for which job. Each job that was submitted in the foreground has a first listener, and
 * is counted with it; the others, who joined it by its unique id, are as many as jobs times
 * connections, and bounded here.
 */
final class Attachments {

  private final long max;
  private long joined; // beyond the first of each job

  Attachments(long max) {
    this.max = max;
  }

  /** Why a submission cannot join a job, or null if it can. */
  @Nullable String refusal(Peer peer, Job job, Submission submission) {
    if (submission.background()) {
      return null;
    }
    Attachment known = peer.attachments.get(job.number);
    if (known == null) {
      return joined < max ? null : joined + " submissions have joined jobs of others";
    }
    return known.submissions < Attachment.MAX_SUBMISSIONS
        ? null
        : "This connection has submitted the job " + known.submissions + " times";
  }

  void add(Peer peer, Job job) {
    Attachment known = peer.attachments.get(job.number);
    if (known != null) {
      known.submissions++;
      return;
    }
    if (!isCountedWith(job)) {
      joined++;
    }
    Attachment attachment = new Attachment(peer, job);
    job.attach(attachment);
    peer.attachments.put(job.number, attachment);
  }

  /** Whether one more listener is the first, which the size of the job has in it. */
  private static boolean isCountedWith(Job job) {
    return job.foreground && job.attachments.isEmpty();
  }

  void remove(Attachment attachment) {
    Job job = attachment.job;
    Chain.unlink(attachment);
    if (attachment.peer.attachments.remove(job.number) != null && !isCountedWith(job)) {
      joined--;
    }
    attachment.peer.revisit.remove(attachment);
    attachment.endStall();
  }

  /** Nobody waits for a job any more. */
  void removeAll(Job job) {
    for (Attachment left = job.attachments.first(); left != null; left = job.attachments.first()) {
      remove(left);
    }
  }
}

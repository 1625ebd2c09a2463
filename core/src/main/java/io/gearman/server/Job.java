// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import org.jspecify.annotations.Nullable;

/**
 * A job from its submission to its end. It is delayed until it is due, queued, and then in a chain
 * of its function, or running, and then has an owner and is in the chain of those it holds.
 */
final class Job extends Chain.Node<Job> {

  /**
   * What a job takes besides its bytes: 96 for itself, 4 to 8 in the table of all jobs, up to 66
   * for the headers of its arrays, 56 to 64 where it is found by its unique id, and 40 to 48 while
   * it is delayed or runs.
   */
  private static final int OVERHEAD = 288;

  /** What a job takes besides that of which somebody waits: its first listener, with its chain. */
  private static final int LISTENED_TO = 24 + Attachment.SIZE;

  /** Of all jobs that nobody waits for; nothing is ever added to it. */
  private static final Chain<Attachment> NOBODY = new Chain<>();

  final long number;
  final FunctionQueue function;
  final byte[] unique; // as submitted, for the worker to see
  final byte[] reducer;
  final @Nullable ByteKey key; // under which newcomers join this job, or null if none can
  final byte[] workload;
  final Priority priority;
  final long due; // seconds since 1970, or 0
  final boolean foreground; // when it was submitted

  @Nullable Job nextInSlot; // of the table of all jobs
  Chain<Attachment> attachments = NOBODY; // oldest first
  boolean background; // somebody asked for it to run whether or not anybody listens
  @Nullable Peer owner;
  @Nullable Run run; // by the owner, if there is one
  long since; // when it was put in its queue, or its owner got it: nanoseconds of the clock
  int runs; // that a worker did not bring to an end

  Job(long number, FunctionQueue function, Submission submission) {
    this.number = number;
    this.function = function;
    this.unique = submission.unique();
    this.reducer = submission.reducer();
    this.key = submission.key();
    this.workload = submission.workload();
    this.priority = submission.priority();
    this.due = submission.due();
    this.background = submission.background();
    this.foreground = !background;
  }

  /** Bytes that a job takes until it ends. */
  static long sizeOf(Submission submission) {
    return size(
        submission.workload(), submission.unique(), submission.reducer(), !submission.background());
  }

  long size() {
    return size(workload, unique, reducer, foreground);
  }

  private static long size(byte[] workload, byte[] unique, byte[] reducer, boolean foreground) {
    long bytes = (long) workload.length + unique.length + reducer.length;
    return bytes + OVERHEAD + (foreground ? LISTENED_TO : 0);
  }

  void attach(Attachment listener) {
    if (attachments == NOBODY) {
      attachments = new Chain<>();
    }
    attachments.addLast(listener);
  }

  void own(Peer worker) {
    owner = worker;
    run = new Run();
    worker.owned.addLast(this);
    function.running++;
  }

  /** Nothing happens if no worker holds this job. */
  void disown() {
    if (owner != null) {
      Chain.unlink(this);
      owner = null;
      function.running--;
    }
    if (run != null) {
      if (run.timeout != null) {
        run.timeout.dispose();
      }
      run = null;
    }
  }

  /** Who waits for this job; a connection that submitted it twice counts twice. */
  int listeners() {
    int listeners = 0;
    for (Attachment each = attachments.first(); each != null; each = each.next) {
      listeners += each.submissions;
    }
    return listeners;
  }

  /** Nobody waits for a listener of this job any more. */
  void endStalls() {
    for (Attachment listener = attachments.first(); listener != null; listener = listener.next) {
      listener.endStall();
    }
  }

  /** True if nobody waits for this job and nobody asked for it to run regardless. */
  boolean isAbandoned() {
    return !background && attachments.isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * A job from its submission to its end. It is delayed until it is due, queued, and then in a chain
 * of its function, or running, and then has an owner and is in the chain of those it holds.
 */
final class Job extends Chain.Node<Job> {

  /** What a job takes besides its bytes: measured, and rounded up. */
  private static final int OVERHEAD = 320;

  final long number;
  final FunctionQueue function;
  final byte[] unique; // as submitted, for the worker to see
  final byte[] reducer;
  final @Nullable ByteKey key; // under which newcomers join this job, or null if none can
  final byte[] workload;
  final Priority priority;
  final long due; // seconds since 1970, or 0
  final Chain<Attachment> attachments = new Chain<>(); // oldest first

  boolean background; // somebody asked for it to run whether or not anybody listens
  @Nullable Peer owner;
  @Nullable Disposable timeout; // of this run
  long since; // when it was put in its queue, or its owner got it: nanoseconds of the clock
  int runs; // that a worker did not bring to an end
  long numerator;
  long denominator;

  long credit; // data that an owner with flow may still send
  boolean dataSent; // in this run

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
  }

  /** Bytes that a job takes until it ends. */
  static long sizeOf(Submission submission) {
    return size(submission.workload(), submission.unique(), submission.reducer());
  }

  long size() {
    return size(workload, unique, reducer);
  }

  private static long size(byte[] workload, byte[] unique, byte[] reducer) {
    return (long) OVERHEAD + workload.length + unique.length + reducer.length;
  }

  void own(Peer worker) {
    owner = worker;
    worker.owned.addLast(this);
    function.running++;
  }

  /** Nothing happens if no worker holds this job. */
  void disown() {
    if (owner != null) {
      Chain.unlink(this);
      owner = null;
      function.running--;
      numerator = 0;
      denominator = 0;
      credit = 0;
      dataSent = false;
    }
    if (timeout != null) {
      timeout.dispose();
      timeout = null;
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

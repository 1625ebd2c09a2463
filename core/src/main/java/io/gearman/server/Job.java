// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import org.jspecify.annotations.Nullable;

/**
 * A job from its submission to its end. It is either queued, and then in a chain of its function,
 * or running, and then has an owner.
 */
final class Job extends Chain.Node<Job> {

  final long number;
  final FunctionQueue function;
  final byte[] unique; // as submitted, for the worker to see
  final @Nullable ByteKey key; // under which newcomers join this job, or null if none can
  final byte[] workload;
  final Priority priority;
  final Chain<Attachment> attachments = new Chain<>(); // oldest first

  boolean background; // somebody asked for it to run whether or not anybody listens
  @Nullable Peer owner;
  long numerator;
  long denominator;

  long credit; // data that an owner with flow may still send
  boolean dataSent; // in this run

  Job(
      long number,
      FunctionQueue function,
      byte[] unique,
      @Nullable ByteKey key,
      byte[] workload,
      Priority priority) {
    this.number = number;
    this.function = function;
    this.unique = unique;
    this.key = key;
    this.workload = workload;
    this.priority = priority;
  }

  void own(Peer worker) {
    owner = worker;
    worker.owned.add(this);
    function.running++;
  }

  /** Nothing happens if no worker holds this job. */
  void disown() {
    if (owner != null) {
      owner.owned.remove(this);
      owner = null;
      function.running--;
      numerator = 0;
      denominator = 0;
      credit = 0;
      dataSent = false;
    }
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

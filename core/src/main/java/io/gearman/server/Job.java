// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import java.util.ArrayList;
import java.util.List;
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
  final List<Attachment> attachments = new ArrayList<>(1); // oldest first

  boolean background; // somebody asked for it to run whether or not anybody listens
  @Nullable Peer owner;
  long numerator;
  long denominator;

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

  /** True if nobody waits for this job and nobody asked for it to run regardless. */
  boolean isAbandoned() {
    return !background && attachments.isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import org.jspecify.annotations.Nullable;

/**
 * The jobs of one function and priority that wait, in the order of service. While there are any,
 * this is in the line of the queues that have some.
 */
final class JobQueue extends Chain.Node<JobQueue> {

  final FunctionQueue function;
  long since; // its number in that line
  private final Ready.Line line;
  private final Chain<Job> jobs = new Chain<>();

  JobQueue(FunctionQueue function, Ready.Line line) {
    this.function = function;
    this.line = line;
  }

  int size() {
    return jobs.size();
  }

  boolean isEmpty() {
    return jobs.isEmpty();
  }

  @Nullable Job first() {
    return jobs.first();
  }

  void add(Job job) {
    jobs.addLast(job);
    if (jobs.size() == 1) {
      line.add(this);
    }
  }

  /** Takes a job out, wherever it stands. */
  void remove(Job job) {
    Chain.unlink(job);
    leaveIfEmpty();
  }

  @Nullable Job poll() {
    Job job = jobs.pollFirst();
    leaveIfEmpty();
    return job;
  }

  private void leaveIfEmpty() {
    if (jobs.isEmpty()) {
      Chain.unlink(this);
    }
  }
}

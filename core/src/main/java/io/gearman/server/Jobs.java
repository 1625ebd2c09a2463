// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every job that has not ended, by handle, and the functions that they wait for. */
final class Jobs {

  private static final byte[] WORKLOAD_IS_THE_KEY = {'-'};

  private final Handles handles;
  private final Map<ByteKey, FunctionQueue> functions = new LinkedHashMap<>();
  private final LongObjectMap<Job> jobs = new LongObjectHashMap<>();

  Jobs(Handles handles) {
    this.handles = handles;
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

  @Nullable Job find(byte[] handle) {
    return jobs.get(handles.parse(handle));
  }

  byte[] handle(Job job) {
    return handles.toBytes(job.number);
  }

  /**
   * The live job of this function with the same unique id, or a new one at the end of its queue.
   */
  Job joinOrCreate(byte[] name, byte[] unique, byte[] workload, Priority priority) {
    FunctionQueue function = function(name);
    ByteKey key = coalescingKey(unique, workload);
    Job live = function.find(key);
    if (live != null) {
      return live;
    }
    Job job = new Job(handles.next(), function, unique, key, workload, priority);
    jobs.put(job.number, job);
    function.index(job);
    function.enqueue(job);
    return job;
  }

  /** An empty unique id never coalesces, and "-" stands for the workload itself. */
  private static @Nullable ByteKey coalescingKey(byte[] unique, byte[] workload) {
    byte[] key = Arrays.equals(unique, WORKLOAD_IS_THE_KEY) ? workload : unique;
    return key.length == 0 ? null : new ByteKey(key);
  }

  /** A listener leaves; a waiting job that nobody wants any more goes with the last one. */
  void detach(Attachment attachment) {
    Job job = attachment.job;
    job.attachments.remove(attachment);
    if (job.isAbandoned() && job.owner == null) {
      end(job);
    }
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
        job.disown();
        job.numerator = 0;
        job.denominator = 0;
        job.function.enqueue(job);
      }
    }
  }

  /** The end of a job, whatever it was doing: nothing refers to it afterwards. */
  void end(Job job) {
    job.disown();
    Chain.unlink(job);
    job.function.unindex(job);
    jobs.remove(job.number);
    job.attachments.forEach(Chain::unlink);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.GearmanException;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.client.GearmanClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The jobs of one analysis that were submitted and not read to their ends. How far their workers
 * are is asked of the job server (GET_STATUS): what the jobs themselves say comes only as fast as
 * it is read.
 *
 * <p>Concurrent, since submission, answers and reading are on three threads.
 */
final class JobsInFlight {

  private static final int QUESTIONS_AT_ONCE = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final GearmanClient client;
  private final Map<Long, Job> jobs = new ConcurrentHashMap<>();
  private final LongAdder chunksRead = new LongAdder();

  /**
   * A job.
   *
   * @param handle null until the server has accepted it
   * @param read chunks that were read
   * @param produced chunks that its worker has made, as far as is known
   * @param all chunks that a worker with the settings of this application makes of the block
   */
  private record Job(
      @Nullable JobHandle handle, boolean running, long read, long produced, long all) {

    Job after(JobEvent event) {
      if (event instanceof JobEvent.Created created) {
        return new Job(created.handle(), false, 0, 0, all);
      }
      if (event instanceof JobEvent.Data) {
        return new Job(handle, running, read + 1, produced, all);
      }
      return event instanceof JobEvent.Restarted ? new Job(handle, false, 0, 0, all) : this;
    }

    /** A job that the server does not know any more has ended, and its chunks are to be read. */
    Job after(JobStatus status) {
      return new Job(handle, status.running(), read, status.known() ? status.done() : all, all);
    }

    long ahead() {
      return Math.max(0, produced - read);
    }
  }

  JobsInFlight(GearmanClient client) {
    this.client = client;
  }

  void submitted(Block block, long chunks) {
    jobs.put(block.index(), new Job(null, false, 0, 0, chunks));
  }

  void accepted(Block block, JobEvent.Created created) {
    jobs.computeIfPresent(block.index(), (index, job) -> job.after(created));
  }

  void read(Block block, JobEvent event) {
    if (event instanceof JobEvent.Data) {
      chunksRead.increment();
    }
    if (event instanceof JobEvent.Completed) {
      jobs.remove(block.index());
    } else {
      jobs.computeIfPresent(block.index(), (index, job) -> job.after(event));
    }
  }

  int count() {
    return jobs.size();
  }

  int running() {
    return (int) jobs.values().stream().filter(Job::running).count();
  }

  /** Chunks that were read, of jobs that have ended as well. */
  long chunksRead() {
    return chunksRead.sum();
  }

  /** Chunks that were made and not read. */
  long ahead() {
    return jobs.values().stream().mapToLong(Job::ahead).sum();
  }

  /** Asks the server once about each job. A question without an answer is no reason to fail. */
  Mono<Void> ask() {
    return Flux.fromIterable(List.copyOf(jobs.entrySet()))
        .flatMap(entry -> ask(entry.getKey(), entry.getValue().handle()), QUESTIONS_AT_ONCE)
        .then();
  }

  private Mono<JobStatus> ask(Long block, @Nullable JobHandle handle) {
    return handle == null
        ? Mono.empty()
        : client
            .status(handle)
            .timeout(PATIENCE)
            .doOnNext(status -> jobs.computeIfPresent(block, (index, job) -> job.after(status)))
            .onErrorComplete(GearmanException.class)
            .onErrorComplete(TimeoutException.class);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.JobFailedException;
import io.gearman.JobUpdate;
import io.gearman.worker.Job;
import io.gearman.worker.JobFunction;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The function that runs a command for each job: the workload is its input, its output the result,
 * and an exit code other than 0 the job's failure. Its errors go where ours go.
 *
 * <p>Each running command has two threads, one that writes and one that reads: a command may read
 * and write in any order. A job that is cancelled has its command and what descends from it
 * terminated, and killed if that does not help.
 */
final class Commands implements JobFunction {

  private static final Logger log = LoggerFactory.getLogger(Commands.class);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int MAX_THREADS = 1 << 16; // as many as are needed: none waits for another
  private static final int IDLE_SECONDS = 10;

  private final WorkSetup setup;
  private final Duration grace;
  private final Scheduler threads =
      Schedulers.newBoundedElastic(MAX_THREADS, MAX_THREADS, "gearman-command", IDLE_SECONDS, true);
  private final Set<Process> running = ConcurrentHashMap.newKeySet(); // from many threads
  private boolean stopped;

  Commands(WorkSetup setup) {
    this(setup, GRACE);
  }

  /**
   * @param grace between SIGTERM and SIGKILL
   */
  Commands(WorkSetup setup, Duration grace) {
    this.setup = setup;
    this.grace = grace;
  }

  @Override
  public Flux<JobUpdate> apply(Job job) {
    return Flux.using(() -> start(job), process -> output(job, process), this::end)
        .subscribeOn(threads);
  }

  private Process start(Job job) {
    ProcessBuilder builder = new ProcessBuilder(setup.command()).redirectError(Redirect.INHERIT);
    Map<String, String> environment = builder.environment();
    environment.put("GEARMAN_FUNCTION", job.function());
    environment.put("GEARMAN_HANDLE", job.handle().id());
    environment.put("GEARMAN_UNIQUE", job.unique());
    try {
      Process process = start(builder);
      process.onExit().thenAccept(running::remove);
      threads.schedule(() -> feed(process, job.workload()));
      return process;
    } catch (IOException e) {
      log.error("The command cannot be run: {}", CommandException.reason(e));
      throw new JobFailedException(job.handle());
    }
  }

  /** No command starts behind the back of {@link #stop}. */
  private synchronized Process start(ProcessBuilder builder) throws IOException {
    if (stopped) {
      throw new CancellationException("the worker has stopped");
    }
    Process process = builder.start();
    running.add(process);
    return process;
  }

  private static void feed(Process process, byte[] workload) {
    try (OutputStream in = process.getOutputStream()) {
      Stdio.write(in, workload);
    } catch (IOException e) {
      log.debug("The command did not read all of its input", e);
    }
  }

  private Flux<JobUpdate> output(Job job, Process process) {
    return Flux.generate(
        () -> new CommandOutput(job, process, setup.lines()),
        (output, sink) -> {
          output.next(sink);
          return output;
        });
  }

  /** A job has ended or is cancelled, which an event loop may say. */
  private void end(Process process) {
    if (process.isAlive()) {
      threads.schedule(() -> terminate(process));
    }
  }

  private void terminate(Process process) {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroy);
    CompletableFuture.allOf(
            all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, grace.toMillis(), TimeUnit.MILLISECONDS)
        .thenRun(
            () -> {
              process.descendants().forEach(ProcessHandle::destroyForcibly);
              all.forEach(ProcessHandle::destroyForcibly);
            });
  }

  /** Waits until no command is left: all are told to end, and killed after a time. */
  void stop() {
    List<Process> left;
    synchronized (this) {
      stopped = true;
      left = List.copyOf(running);
    }
    left.forEach(this::terminate);
    try {
      CompletableFuture.allOf(left.stream().map(Process::onExit).toArray(CompletableFuture[]::new))
          .get(2 * grace.toMillis(), TimeUnit.MILLISECONDS);
      threads.dispose();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("A command does not end", e);
    }
  }
}

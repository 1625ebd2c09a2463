// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.GearmanException;
import io.gearman.JobUpdate;
import io.gearman.WorkerException;
import io.gearman.transport.CutShort;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.Job;
import io.gearman.worker.JobFunction;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A worker as a process, from its start to its end.
 *
 * <pre>
 *   working --TERM, INT, HUP--> draining, as long as jobs may go on --no job left--> ended
 *      |                           |                                                   ^
 *      |                           +--another signal, time over: jobs are cancelled----+
 *      +--as many jobs as wanted have begun--> draining, as long as they take ---------+
 * </pre>
 */
final class WorkRun {

  private static final Logger log = LoggerFactory.getLogger(WorkRun.class);

  /** Between the end of the last wanted job and that of the connections. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(365);
  private static final int MAX_WAITING = 1 << 16;

  private final WorkSetup setup;
  private final Stdio stdio;
  private final Commands commands;
  private final Scheduler writing =
      Schedulers.newBoundedElastic(1, MAX_WAITING, "gearman-output", 60, true);
  private final JobGate gate;
  private final GearmanWorker worker;
  private final Sinks.Empty<Void> end = Sinks.empty(); // before the worker itself has ended
  // Atomic and volatile, since signals come on threads of their own.
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile long cut; // jobs that a stop did not let end

  WorkRun(WorkSetup setup, Stdio stdio) {
    this.setup = setup;
    this.stdio = stdio;
    this.commands = new Commands(setup);
    JobFunction function = setup.command().isEmpty() ? this::copy : commands;
    this.gate = new JobGate(job -> timed(job, function.apply(job)), setup.count(), new WhenFull());
    this.worker = worker();
  }

  private GearmanWorker worker() {
    PeerSetup peer = setup.peer();
    GearmanWorker.Builder builder =
        GearmanWorker.builder(peer.servers())
            .connection(peer.connection())
            .clientId(peer.clientId())
            .namespace(peer.namespace())
            .concurrency(peer.concurrency());
    peer.functions().stream().distinct().forEach(name -> builder.function(name, gate));
    return builder.build();
  }

  /** Returns what the process is to exit with. */
  int run() {
    for (String signal : new String[] {"TERM", "INT", "HUP"}) {
      Signals.handle(signal, this::stop);
    }
    Log.start(new LogTarget.Stderr(), setup.verbose() ? Verbosity.INFO : Verbosity.WARNING);
    setup.peer().writePidFile();
    return work();
  }

  /**
   * Works until it is told to stop or has done enough. It begins anew where the last wanted job was
   * lost with its connection while no more were taken.
   */
  int work() {
    try {
      Mono<Void> working =
          worker
              .run()
              .repeat(() -> gate.isOpen() && !stopping.get())
              .then(Mono.defer(() -> stopping.get() ? end.asMono() : Mono.empty()));
      Mono.firstWithSignal(working, end.asMono()).block();
    } catch (GearmanException e) {
      throw new CommandException("the worker is refused", e);
    } catch (RuntimeException e) {
      if (Exceptions.unwrap(e) instanceof IOException problem) {
        return Stdio.exitCode(problem);
      }
      throw e;
    } finally {
      commands.stop();
      writing.dispose();
    }
    if (cut > 0) {
      log.warn("Jobs that had not ended and go back to their servers: {}", cut);
    }
    return setup.peer().strict() ? strictCode() : 0;
  }

  private int strictCode() {
    if (cut > 0) {
      return Outcome.TIMED_OUT.code;
    }
    return gate.hasFailed() ? Outcome.FAILED.code : 0;
  }

  /** As a signal does: lets running jobs end, and the second time does not. */
  void stop() {
    if (!stopping.compareAndSet(false, true)) {
      end(gate.running());
      return;
    }
    log.info("Stopping: jobs have {} to end", setup.stopTimeout());
    worker
        .shutdown(setup.stopTimeout())
        .timeout(setup.stopTimeout().plus(GRACE)) // where a drain with more patience has begun
        .subscribe(drained -> end(drained.returned()), late -> end(gate.running()));
  }

  private void end(long jobs) {
    cut = jobs;
    end.tryEmitEmpty();
  }

  /** Takes no more jobs than wanted. */
  private final class WhenFull implements JobGate.Listener {

    @Override
    public void full() {
      worker.shutdown(AS_LONG_AS_IT_TAKES).subscribe();
    }

    @Override
    public void left() {
      Mono.delay(GRACE).subscribe(over -> end.tryEmitEmpty());
    }
  }

  /** The worker has such a limit too, but whether it was that which ended a job is not told. */
  private Publisher<JobUpdate> timed(Job job, Publisher<JobUpdate> updates) {
    Duration limit = setup.timeout();
    if (limit == null) {
      return updates;
    }
    String problem = "The job has not ended in " + limit.toMillis() + " ms";
    return CutShort.by(
        Mono.delay(limit).map(over -> new WorkerException(job.handle(), problem.getBytes(UTF_8))),
        Flux.from(updates));
  }

  /**
   * Without a command: the workload is written, and the job is done. Where that fails the job goes
   * back to the server.
   */
  private Mono<JobUpdate> copy(Job job) {
    return Mono.<JobUpdate>fromCallable(
            () -> {
              Stdio.write(stdio.out(), job.workload());
              return null;
            })
        .subscribeOn(writing)
        .onErrorResume(
            IOException.class,
            problem -> {
              end.tryEmitError(problem);
              return Mono.never();
            });
  }
}

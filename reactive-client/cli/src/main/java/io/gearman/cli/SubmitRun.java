// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.util.Objects.requireNonNull;

import io.gearman.JobEvent;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Submits jobs and writes what they report, on a thread that does nothing else: it asks for more
 * when it has written, and that reaches the workers, so that nothing piles up behind a slow reader
 * of the output. A workload is read when there is room for its job.
 *
 * <p>A signal ends the process as it ends any other, and with its connection the server loses
 * interest in its jobs.
 */
final class SubmitRun {

  private static final int AHEAD = 8; // reports of a job that are asked for and not written yet

  private static final int MAX_REQUESTS = 1 << 16; // for workloads: one for each job at a time

  private final SubmitSetup setup;
  private final Stdio stdio;
  private final ReportWriter writer;

  SubmitRun(SubmitSetup setup, Stdio stdio) {
    this.setup = setup;
    this.stdio = stdio;
    this.writer = new ReportWriter(stdio, setup.options());
  }

  /**
   * Returns what the process is to exit with.
   *
   * <p>Standard input has a thread of its own, which may stay in a read that nothing interrupts.
   * Reports are written on a shared one, which outlives the event loop that hands over the last.
   */
  int run() {
    Scheduler reading = Schedulers.newBoundedElastic(1, MAX_REQUESTS, "gearman-input", 60, true);
    GearmanClient client = setup.client();
    Reachability servers = new Reachability(client, setup.peer().servers());
    try {
      reports(client, servers, reading)
          .publishOn(Schedulers.boundedElastic(), AHEAD)
          .doOnNext(this::write)
          .blockLast();
      return writer.exitCode(setup.peer().strict());
    } catch (UncheckedIOException e) {
      return Stdio.exitCode(requireNonNull(e.getCause(), "cause"));
    } finally {
      client.dispose();
      reading.dispose();
    }
  }

  private void write(Report report) {
    try {
      writer.write(report);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The jobs of one workload run side by side; what a job ends with keeps no other from running.
   */
  private Flux<Report> reports(GearmanClient client, Reachability servers, Scheduler reading) {
    int functions = setup.peer().functions().size();
    return new Workloads(setup, stdio.in(), reading)
        .all()
        .flatMapDelayError(
            workload ->
                Flux.fromIterable(setup.peer().functions())
                    .flatMap(
                        function -> job(client, servers, function, workload), functions, AHEAD),
            setup.peer().concurrency(),
            AHEAD)
        .onErrorResume(CommandException.class, problem -> Mono.just(new Report.Broken(problem)));
  }

  private Flux<Report> job(
      GearmanClient client, Reachability servers, String function, byte[] workload) {
    return servers
        .guard(events(client, setup.request(function, workload)))
        .<Report>map(event -> new Report.Happened(function, event))
        .onErrorResume(failure -> Mono.just(new Report.Ended(function, failure)));
  }

  private Flux<JobEvent> events(GearmanClient client, JobRequest request) {
    return setup.options().background
        ? client.enqueue(request).<JobEvent>map(JobEvent.Created::new).flux()
        : client.run(request);
  }
}

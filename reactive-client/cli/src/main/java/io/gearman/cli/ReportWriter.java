// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.JobEvent;
import io.gearman.WorkerException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes what jobs report as Debian's gearman does: results and progress to standard output, the
 * rest to standard error, every piece with what stands before it as it comes. Not for several
 * threads.
 */
final class ReportWriter {

  private final Stdio stdio;
  private final SubmitOptions options;

  private Outcome worst = Outcome.DONE;
  private boolean failed; // a job has, in the sense of Debian's gearman

  ReportWriter(Stdio stdio, SubmitOptions options) {
    this.stdio = stdio;
    this.options = options;
  }

  /** What the process is to exit with. */
  int exitCode(boolean strict) {
    return strict ? worst.code : failed ? 1 : 0;
  }

  void write(Report report) throws IOException {
    if (report instanceof Report.Happened happened) {
      write(happened.function(), happened.event());
    } else if (report instanceof Report.Ended ended) {
      write(ended.function(), ended.failure());
    } else if (report instanceof Report.Broken broken) {
      throw broken.problem();
    }
  }

  private void write(String function, JobEvent event) throws IOException {
    if (event instanceof JobEvent.Created created) {
      if (options.verbose) {
        stdio.out().write(bytes("Task created: " + created.handle().id() + '\n'));
      }
    } else if (event instanceof JobEvent.Data data) {
      write(stdio.out(), function, data.bytes());
    } else if (event instanceof JobEvent.Completed completed) {
      write(stdio.out(), function, completed.bytes());
    } else if (event instanceof JobEvent.Warning warning) {
      write(stdio.err(), function, warning.bytes());
    } else if (event instanceof JobEvent.Status status) {
      write(stdio.out(), function, bytes(percent(status) + "% Complete\n"));
    } else if (event instanceof JobEvent.Restarted) {
      ended(Outcome.RESTARTED);
      complain(function + ": its worker was lost, and the job runs again: output comes twice");
    }
  }

  private void write(String function, Throwable failure) throws IOException {
    Outcome outcome = Outcome.of(failure);
    ended(outcome);
    if (options.exceptions && failure instanceof WorkerException exception) {
      write(stdio.err(), function, asLine(exception.bytes()));
    }
    if (outcome.isOfJob()) {
      write(stdio.err(), function, bytes("Job failed\n"));
    } else {
      complain(function + ": " + failure.getMessage());
    }
  }

  private void ended(Outcome outcome) {
    failed |= outcome.isOfJob();
    worst = outcome.code > worst.code ? outcome : worst;
  }

  /** Debian's gearman divides by a total of 0, and is no more. */
  private static long percent(JobEvent.Status status) {
    return status.total() == 0 ? 0 : (long) (status.done() * 100.0 / status.total());
  }

  private void write(OutputStream stream, String function, byte[] bytes) throws IOException {
    if (options.prefix) {
      stream.write(bytes(function + ": "));
    }
    Stdio.write(stream, bytes);
  }

  private void complain(String message) throws IOException {
    stdio.err().write(bytes("gearman submit: " + message + '\n'));
  }

  private static byte[] asLine(byte[] text) {
    if (text.length > 0 && text[text.length - 1] == '\n') {
      return text;
    }
    byte[] line = Arrays.copyOf(text, text.length + 1);
    line[text.length] = '\n';
    return line;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}

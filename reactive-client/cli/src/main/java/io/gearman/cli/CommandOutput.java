// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobUpdate;
import io.gearman.worker.Job;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.SynchronousSink;

/**
 * What the command of one job prints, piece by piece as it is asked for: a command whose output
 * nobody asks for waits in its pipe. It blocks.
 *
 * <p>Without lines, output of less than one piece is the result itself, as from Debian's gearman.
 */
final class CommandOutput {

  static final int PIECE = 64 << 10;

  private static final Logger log = LoggerFactory.getLogger(CommandOutput.class);
  private static final byte[] NONE = {};

  private final Job job;
  private final Process process;
  private final LineMode mode;
  private final InputStream in;
  private final LineReader lines;
  private boolean failed; // and its last piece is out
  private volatile boolean forgotten; // said by whoever ends or cancels the job

  CommandOutput(Job job, Process process, LineMode mode) {
    this.job = job;
    this.process = process;
    this.mode = mode;
    this.in = process.getInputStream();
    this.lines = new LineReader(in, PIECE, mode == LineMode.STRIP_ENDS);
  }

  Process process() {
    return process;
  }

  /** Nobody listens any more: how the command ends now is no failure. */
  void forget() {
    forgotten = true;
  }

  /** Waits for the next piece, or for the end of the command; does not fail if it is forgotten. */
  void next(SynchronousSink<JobUpdate> sink) {
    try {
      if (failed) {
        fail(new JobFailedException(job.handle()), sink);
      } else if (mode == LineMode.NONE) {
        nextPiece(sink);
      } else {
        nextLine(sink);
      }
    } catch (IOException e) {
      fail(e, sink);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(e, sink);
    }
  }

  private void fail(Exception failure, SynchronousSink<JobUpdate> sink) {
    if (!forgotten) {
      sink.error(failure);
    }
  }

  private void nextPiece(SynchronousSink<JobUpdate> sink) throws IOException, InterruptedException {
    byte[] piece = in.readNBytes(PIECE);
    if (piece.length == PIECE) {
      sink.next(new JobEvent.Data(piece));
    } else {
      end(piece, sink);
    }
  }

  private void nextLine(SynchronousSink<JobUpdate> sink) throws IOException, InterruptedException {
    byte[] line = lines.next();
    if (line != null) {
      sink.next(new JobEvent.Data(line));
    } else {
      end(NONE, sink);
    }
  }

  private void end(byte[] rest, SynchronousSink<JobUpdate> sink) throws InterruptedException {
    int exitCode = process.waitFor();
    if (exitCode == 0) {
      sink.next(new JobEvent.Completed(rest));
      sink.complete();
      return;
    }
    if (!forgotten) {
      log.warn("The command exited with {} on {}", exitCode, job);
    }
    if (rest.length == 0) {
      fail(new JobFailedException(job.handle()), sink);
    } else {
      failed = true;
      sink.next(new JobEvent.Data(rest));
    }
  }
}

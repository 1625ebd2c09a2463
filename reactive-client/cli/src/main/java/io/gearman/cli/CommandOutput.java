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

  CommandOutput(Job job, Process process, LineMode mode) {
    this.job = job;
    this.process = process;
    this.mode = mode;
    this.in = process.getInputStream();
    this.lines = new LineReader(in, PIECE, mode == LineMode.STRIP_ENDS);
  }

  /** Waits for the next piece, or for the end of the command. */
  void next(SynchronousSink<JobUpdate> sink) {
    try {
      if (failed) {
        sink.error(new JobFailedException(job.handle()));
      } else if (mode == LineMode.NONE) {
        nextPiece(sink);
      } else {
        nextLine(sink);
      }
    } catch (IOException e) {
      sink.error(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // cancelled: nobody listens
      sink.error(e);
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
    log.warn("The command exited with {} on {}", exitCode, job);
    if (rest.length == 0) {
      sink.error(new JobFailedException(job.handle()));
    } else {
      failed = true;
      sink.next(new JobEvent.Data(rest));
    }
  }
}

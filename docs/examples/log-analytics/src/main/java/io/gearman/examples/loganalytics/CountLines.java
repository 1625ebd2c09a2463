// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import io.gearman.worker.Job;
import io.gearman.worker.JobFunction;
import java.nio.charset.StandardCharsets;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * The mapper: counts the lines of a block. After each step it sends the counts so far, and how many
 * steps of how many it has done: as many chunks it has sent. The counts of the whole block are the
 * result of the job. It takes a step only when asked for more, and on a thread made for computing:
 * signals come on an event loop.
 *
 * @param linesPerPartial the lines of a step
 */
record CountLines(int linesPerPartial) implements JobFunction {

  static final String NAME = "log-analytics.count";

  @Override
  public Publisher<JobUpdate> apply(Job job) {
    return Flux.<JobUpdate, Counting>generate(
            () -> new Counting(job.workload(), linesPerPartial), Counting::next)
        .subscribeOn(Schedulers.parallel());
  }

  /** How many partial counts a block gives: the last step gives the result instead. */
  static int chunks(byte[] block, int linesPerPartial) {
    return Math.max(0, (lines(block) - 1) / linesPerPartial);
  }

  private static int lines(byte[] block) {
    int ends = 0;
    for (byte b : block) {
      ends += b == '\n' ? 1 : 0;
    }
    return block.length == 0 || block[block.length - 1] == '\n' ? ends : ends + 1;
  }

  /** The state of a count: Flux.generate calls it from one thread at a time. */
  private static final class Counting {

    private final byte[] block;
    private final int linesPerPartial;
    private final Tally tally = new Tally();
    private final int steps;
    private int position;
    private int stepsDone;
    private boolean statusDue;

    Counting(byte[] block, int linesPerPartial) {
      this.block = block;
      this.linesPerPartial = linesPerPartial;
      this.steps = chunks(block, linesPerPartial) + 1;
    }

    Counting next(SynchronousSink<JobUpdate> sink) {
      if (statusDue) {
        sink.next(new JobEvent.Status(stepsDone, steps));
      } else {
        step(sink);
      }
      statusDue = !statusDue;
      return this;
    }

    private void step(SynchronousSink<JobUpdate> sink) {
      for (int i = 0; i < linesPerPartial && position < block.length; i++) {
        tally.add(LogLine.parse(line()));
      }
      stepsDone++;
      byte[] counts = tally.counts().toJson();
      if (position < block.length) {
        sink.next(new JobEvent.Data(counts));
      } else {
        sink.next(new JobEvent.Completed(counts));
        sink.complete();
      }
    }

    /** The next line without its end, LF or CRLF; the last one may have no end. */
    private String line() {
      int from = position;
      int to = from;
      while (to < block.length && block[to] != '\n') {
        to++;
      }
      position = to + 1;
      int end = to > from && block[to - 1] == '\r' ? to - 1 : to;
      return new String(block, from, end - from, StandardCharsets.UTF_8);
    }
  }
}

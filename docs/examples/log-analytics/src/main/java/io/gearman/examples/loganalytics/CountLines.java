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
 * The mapper: counts the lines of a block. After each step it sends the counts so far and how many
 * bytes it has done; the counts of the whole block are the result of the job. It takes a step only
 * when asked for more, and on a thread made for computing: signals come on an event loop.
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

  /** The state of a count: Flux.generate calls it from one thread at a time. */
  private static final class Counting {

    private final byte[] block;
    private final int linesPerPartial;
    private final Tally tally = new Tally();
    private int position;
    private boolean statusDue;

    Counting(byte[] block, int linesPerPartial) {
      this.block = block;
      this.linesPerPartial = linesPerPartial;
    }

    Counting next(SynchronousSink<JobUpdate> sink) {
      if (statusDue) {
        sink.next(new JobEvent.Status(position, block.length));
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

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.role;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Keeps a number of exchanges in flight when it is told to, and prints what it has measured: the
 * commands and answers of {@code bench.h}. Peers signal on threads of their own choice, hence what
 * counts is concurrent. Where results come in chunks these are counted, and the latency is that of
 * all of them.
 */
final class Client {

  private static final long LONGEST = 3_600_000_000_000L;

  private final Settings settings;
  private final Exchange exchange;
  private final PrintStream out;

  Client(Settings settings, Exchange exchange, PrintStream out) {
    this.settings = settings;
    this.exchange = exchange;
    this.out = out;
  }

  /** Does what the input says, and ends the process with it, whatever it does then. */
  @SuppressWarnings("SystemOut") // which is how the parent hears
  static void serve(Settings settings, Exchange exchange) throws IOException {
    new Client(settings, exchange, System.out).obey(input());
    System.exit(0);
  }

  static BufferedReader input() {
    return new BufferedReader(new InputStreamReader(System.in, US_ASCII));
  }

  void obey(BufferedReader input) throws IOException {
    out.println("ready");
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ", -1);
      long value = Long.parseLong(words[1]);
      switch (words[0]) {
        case "run" -> new Run(Long.MAX_VALUE, value * 1_000_000).begin();
        case "jobs" -> new Run(value, Long.MAX_VALUE).begin();
        default -> throw new IllegalArgumentException("Unknown command " + line);
      }
    }
  }

  /** Lanes as many as are to be in flight, each of which does one exchange after the other. */
  private final class Run {

    private final Histogram latencies = new ConcurrentHistogram(LONGEST, 3);
    private final LongAdder chunks = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicLong started = new AtomicLong();
    private final AtomicInteger lanes = new AtomicInteger(settings.inFlight());
    private final int payload = settings.payload().length;
    private final long most;
    private final long limit;
    private final long from = System.nanoTime();

    Run(long most, long limit) {
      this.most = most;
      this.limit = limit;
    }

    /** Whoever is the last to be done prints what was measured. */
    void begin() {
      for (int i = 0; i < settings.inFlight(); i++) {
        next();
      }
    }

    private void next() {
      if (System.nanoTime() - from < limit && started.getAndIncrement() < most) {
        exchange.start(new Lane());
      } else if (lanes.decrementAndGet() == 0) {
        print(System.nanoTime() - from);
      }
    }

    private void print(long nanos) {
      long counted = settings.streams() ? chunks.sum() : latencies.getTotalCount();
      StringBuilder text = new StringBuilder();
      text.append("result jobs=%d nanos=%d bytes=%d\n".formatted(counted, nanos, bytes.sum()));
      for (HistogramIterationValue value : latencies.recordedValues()) {
        text.append(value.getValueIteratedTo()).append(' ');
        text.append(value.getCountAtValueIteratedTo()).append('\n');
      }
      out.println(text.append("end"));
    }

    private final class Lane implements Exchange.Outcome {

      private final long since = System.nanoTime();

      @Override
      public void chunk(int size) {
        chunks.increment();
        bytes.add(size);
      }

      @Override
      public void done(int size) {
        latencies.recordValue(Math.min(LONGEST, System.nanoTime() - since));
        bytes.add(payload + size);
        next();
      }

      @Override
      @SuppressWarnings("SystemOut") // its parent keeps what a process has said before it ended
      public void failed(Throwable error) {
        error.printStackTrace();
        Runtime.getRuntime().halt(1);
      }
    }
  }
}

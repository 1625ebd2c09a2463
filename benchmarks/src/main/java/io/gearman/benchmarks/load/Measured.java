// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * What a client has seen in one run.
 *
 * @param jobs that were done, or chunks that came
 * @param nanos that it took
 * @param bytes of payloads and results
 * @param latencies in nanoseconds
 */
record Measured(long jobs, long nanos, long bytes, Histogram latencies) {

  private static final Pattern RESULT =
      Pattern.compile("result jobs=(\\d+) nanos=(\\d+) bytes=(\\d+)");
  private static final Pattern BUCKET = Pattern.compile("(\\d+) (\\d+)");
  private static final long LONGEST = 3_600_000_000_000L;

  /**
   * Reads what a client prints, but for the line that ends it.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Measured parse(List<String> lines) {
    Matcher result = match(RESULT, lines.isEmpty() ? "" : lines.get(0));
    Histogram latencies = new Histogram(LONGEST, 3);
    for (String line : lines.subList(1, lines.size())) {
      Matcher bucket = match(BUCKET, line);
      latencies.recordValueWithCount(
          Math.min(LONGEST, Long.parseLong(bucket.group(1))), Long.parseLong(bucket.group(2)));
    }
    return new Measured(
        Long.parseLong(result.group(1)),
        Math.max(1, Long.parseLong(result.group(2))),
        Long.parseLong(result.group(3)),
        latencies);
  }

  private static Matcher match(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("A client printed \"%s\"".formatted(line));
    }
    return matcher;
  }

  double jobsPerSecond() {
    return jobs * 1e9 / nanos;
  }

  double bytesPerSecond() {
    return bytes * 1e9 / nanos;
  }

  /** A latency in microseconds. */
  double micros(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }
}

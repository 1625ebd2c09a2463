// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
 * @param cpu the time that each part has had on a core
 */
record Measured(long jobs, long nanos, long bytes, Histogram latencies, Map<Part, Duration> cpu) {

  private static final Pattern RESULT =
      Pattern.compile("result jobs=(\\d+) nanos=(\\d+) bytes=(\\d+)");
  private static final Pattern BUCKET = Pattern.compile("(\\d+) (\\d+)");
  private static final long LONGEST = 3_600_000_000_000L;

  /**
   * Reads what a client prints, but for the line that ends it.
   *
   * @throws LoadException if it is something else
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
        latencies,
        Map.of());
  }

  Measured withCpu(Map<Part, Duration> used) {
    return new Measured(jobs, nanos, bytes, latencies, Map.copyOf(used));
  }

  /** Both together, which followed each other. */
  Measured plus(Measured next) {
    Histogram both = latencies.copy();
    both.add(next.latencies);
    Map<Part, Duration> used = new EnumMap<>(Part.class);
    used.putAll(cpu);
    next.cpu.forEach((part, time) -> used.merge(part, time, Duration::plus));
    return new Measured(
        jobs + next.jobs, nanos + next.nanos, bytes + next.bytes, both, Map.copyOf(used));
  }

  private static Matcher match(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    if (!matcher.matches()) {
      throw new LoadException("A client printed \"%s\"".formatted(line));
    }
    return matcher;
  }

  double jobsPerSecond() {
    return jobs * 1e9 / nanos;
  }

  double bytesPerSecond() {
    return bytes * 1e9 / nanos;
  }

  /** How many cores a part used on average. */
  double cores(Part part) {
    return cpu.getOrDefault(part, Duration.ZERO).toNanos() / (double) nanos;
  }

  /** What a job cost the server, in microseconds on a core. */
  double serverMicrosPerJob() {
    return cpu.getOrDefault(Part.SERVER, Duration.ZERO).toNanos() / 1e3 / Math.max(1, jobs);
  }

  /** A latency in microseconds. */
  double micros(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }
}

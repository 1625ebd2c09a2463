// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The reducer. Of a block whose job is running it holds the latest partial counts: these are
 * cumulative, so that a job that runs again replaces what it said before, and those that nobody
 * looked at need not be parsed. When the job has completed, the block is folded into the sums and
 * forgotten.
 *
 * <p>Confined to one thread, as its plain fields say.
 */
final class Totals {

  private final long bodyLength;
  private final long maxDistinct;

  private final Tally folded = new Tally();
  private final Map<Long, BlockState> running = new HashMap<>();
  private final Map<Long, Parsed> parsed = new HashMap<>();
  private List<Report.PathHits> foldedTop = List.of();
  private long foldedBytes;
  private long startedBytes;

  /** Counts of a block in flight, and what they were parsed from. */
  private record Parsed(byte[] json, LogCounts counts) {}

  /**
   * @param bodyLength bytes of the body, negative if not announced
   * @param maxDistinct how many distinct paths and clients may be held
   */
  Totals(long bodyLength, long maxDistinct) {
    this.bodyLength = bodyLength;
    this.maxDistinct = maxDistinct;
  }

  /** Takes in the latest state of a block and returns itself. */
  Totals update(BlockState state) {
    if (running.put(state.block(), state) == null) {
      startedBytes += state.bodyBytes();
    }
    LogCounts counts = state.completed() ? counts(state) : null;
    if (counts != null) {
      running.remove(state.block());
      parsed.remove(state.block());
      fold(counts, state.bodyBytes());
    }
    return this;
  }

  /** What the state says, parsed once: one that only tells progress carries the same bytes. */
  private @Nullable LogCounts counts(BlockState state) {
    byte[] json = state.counts();
    if (json == null) {
      return null;
    }
    Parsed known = parsed.get(state.block());
    if (known == null || known.json() != json) {
      known = new Parsed(json, LogCounts.fromJson(json));
      parsed.put(state.block(), known);
    }
    return known.counts();
  }

  private void fold(LogCounts counts, long bodyBytes) {
    folded.addAll(counts);
    foldedBytes += bodyBytes;
    if (folded.entries() > maxDistinct) {
      throw AnalysisException.tooManyDistinct(maxDistinct);
    }
    foldedTop = Report.top(candidates(counts.paths().keySet().stream()), folded::hits);
  }

  Progress progress() {
    long done = foldedBytes + running.values().stream().mapToLong(BlockState::done).sum();
    return new Progress(done, bodyLength < 0 ? startedBytes : bodyLength);
  }

  /** The sums so far: what is folded and the latest of the blocks in flight. */
  Report report() {
    Tally latest = new Tally();
    running.values().stream()
        .flatMap(block -> Stream.ofNullable(counts(block)))
        .forEach(latest::addAll);
    Map<Integer, Long> statuses = new TreeMap<>(folded.statuses());
    latest.statuses().forEach((status, count) -> statuses.merge(status, count, Long::sum));
    return new Report(
        folded.lines() + latest.lines(),
        folded.malformed() + latest.malformed(),
        Tally.saturatedSum(folded.bytes(), latest.bytes()),
        folded.clients().size()
            + latest.clients().stream().filter(c -> !folded.clients().contains(c)).count(),
        statuses,
        Report.top(
            candidates(latest.paths().stream()), path -> folded.hits(path) + latest.hits(path)));
  }

  /**
   * The paths that can be among the top ones after some more hits: those that were there before,
   * and those that were hit. All others have as many hits as before and ten paths ahead of them. So
   * a report costs what is in flight, whatever has been folded.
   */
  private Stream<String> candidates(Stream<String> hit) {
    return Stream.concat(foldedTop.stream().map(Report.PathHits::path), hit).distinct();
  }
}

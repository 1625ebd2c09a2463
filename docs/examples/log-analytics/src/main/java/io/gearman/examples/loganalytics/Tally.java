// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts that grow, by lines on the worker and by the counts of blocks in the reducer. */
final class Tally {

  /** An entry counts once for each so many characters, so that long ones cannot hide in a bound. */
  private static final int ENTRY_LENGTH = 64;

  private final Map<Integer, Long> statuses = new TreeMap<>();
  private final Map<String, Long> paths = new HashMap<>();
  private final Set<String> clients = new HashSet<>();
  private long lines;
  private long malformed;
  private long bytes;
  private long entries;

  /** Counts a line, null being a malformed one. */
  void add(@Nullable LogLine line) {
    lines++;
    if (line == null) {
      malformed++;
      return;
    }
    bytes = saturatedSum(bytes, line.size());
    statuses.merge(line.status(), 1L, Long::sum);
    addClient(line.client());
    String path = line.path();
    if (path != null) {
      addHits(path, 1);
    }
  }

  void addAll(LogCounts counts) {
    lines += counts.lines();
    malformed += counts.malformed();
    bytes = saturatedSum(bytes, counts.bytes());
    counts.statuses().forEach((status, count) -> statuses.merge(status, count, Long::sum));
    counts.paths().forEach(this::addHits);
    counts.clients().forEach(this::addClient);
  }

  LogCounts counts() {
    return new LogCounts(lines, malformed, bytes, statuses, paths, clients);
  }

  long lines() {
    return lines;
  }

  long malformed() {
    return malformed;
  }

  long bytes() {
    return bytes;
  }

  Map<Integer, Long> statuses() {
    return statuses;
  }

  Set<String> paths() {
    return paths.keySet();
  }

  Set<String> clients() {
    return clients;
  }

  long hits(String path) {
    return paths.getOrDefault(path, 0L);
  }

  /** How many distinct paths and clients are held; a long one counts for several. */
  long entries() {
    return entries;
  }

  private void addHits(String path, long hits) {
    if (paths.merge(path, hits, Long::sum) == hits) {
      entries += weight(path);
    }
  }

  private void addClient(String client) {
    if (clients.add(client)) {
      entries += weight(client);
    }
  }

  private static long weight(String entry) {
    return 1L + entry.length() / ENTRY_LENGTH;
  }

  /** Sizes in a log may be anything; a sum that stops at the largest number is no lie of sign. */
  static long saturatedSum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}

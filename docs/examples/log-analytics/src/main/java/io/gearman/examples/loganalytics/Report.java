// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What the reader is told, while the analysis runs and at its end.
 *
 * @param lines all lines, the malformed ones included
 * @param malformed lines that are no log lines
 * @param bytes the sum of the responses' sizes
 * @param uniqueClients how many clients there were
 * @param statuses lines by status, in ascending order
 * @param topPaths the most requested paths: at most ten, by hits, then by name
 */
record Report(
    long lines,
    long malformed,
    long bytes,
    long uniqueClients,
    Map<Integer, Long> statuses,
    List<PathHits> topPaths) {

  private static final int TOP_PATHS = 10;

  record PathHits(String path, long hits) {}

  /** The most requested of some distinct paths. */
  static List<PathHits> top(Stream<String> paths, ToLongFunction<String> hits) {
    return paths
        .map(path -> new PathHits(path, hits.applyAsLong(path)))
        .sorted(Comparator.comparingLong(PathHits::hits).reversed().thenComparing(PathHits::path))
        .limit(TOP_PATHS)
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was counted in a part of a log. It travels from worker to client as JSON.
 *
 * @param lines all lines, the malformed ones included
 * @param malformed lines that are no log lines; empty lines are such
 * @param bytes the sum of the responses' sizes
 * @param statuses lines by status
 * @param paths hits by path
 * @param clients the clients seen: a set and not a number, so that merging is exact
 */
record LogCounts(
    long lines,
    long malformed,
    long bytes,
    Map<Integer, Long> statuses,
    Map<String, Long> paths,
    Set<String> clients) {

  /** Paths are names of properties: as long as lines may be, and not worth remembering. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNameLength(Integer.MAX_VALUE).build())
                  .build())
          .build();

  // Bound to the type here, once: a mapper takes a lock where it meets a type for the first time.
  private static final ObjectWriter WRITER = MAPPER.writerFor(LogCounts.class);
  private static final ObjectReader READER = MAPPER.readerFor(LogCounts.class);

  LogCounts {
    statuses = Map.copyOf(statuses);
    paths = Map.copyOf(paths);
    clients = Set.copyOf(clients);
  }

  byte[] toJson() {
    return WRITER.writeValueAsBytes(this);
  }

  /**
   * Reads what {@link #toJson()} wrote.
   *
   * @throws AnalysisException if it is anything else
   */
  static LogCounts fromJson(byte[] json) {
    try {
      LogCounts counts = READER.readValue(json);
      if (counts != null) {
        return counts;
      }
    } catch (JacksonException e) {
      throw AnalysisException.noCounts(e.getOriginalMessage(), e);
    }
    throw AnalysisException.noCounts("nothing", null);
  }
}

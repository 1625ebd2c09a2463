// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;
import java.util.Locale;

/**
 * What is asked of a server and its worker, over and over: a column of a comparison.
 *
 * @param kind how results are asked for
 * @param inFlight requests without an answer, all the time
 * @param payload bytes of a request; 16 or more
 * @param result bytes of a result, or of each of its chunks; 16 or more
 * @param connections that a bare client spreads the requests over
 * @param queued jobs that wait all the while: before those that are submitted in the background, or
 *     else of another function
 * @param chunks of a streamed result
 * @param unique whether a bare client gives jobs unique ids, as libgearman does
 */
record Load(
    Kind kind,
    int inFlight,
    int payload,
    int result,
    int connections,
    int queued,
    int chunks,
    boolean unique) {

  /** How results are asked for. */
  enum Kind {
    /** The client waits for each result. */
    FOREGROUND,
    /** The client waits for the server to accept each job; what is accepted is done afterwards. */
    BACKGROUND,
    /** The oldest of the jobs that wait is done for each that is submitted in the background. */
    STANDING,
    /** The client waits for all chunks of a result. */
    STREAM
  }

  private static final int SIZE = 128;

  static Load inFlight(int count) {
    return new Load(Kind.FOREGROUND, count, SIZE, SIZE, 1, 0, 0, false);
  }

  static Load background(int inFlight) {
    return new Load(Kind.BACKGROUND, inFlight, SIZE, SIZE, 1, 0, 0, false);
  }

  static Load standing(int inFlight) {
    return new Load(Kind.STANDING, inFlight, SIZE, SIZE, 1, 0, 0, false);
  }

  static Load stream(int chunks, int chunkSize) {
    return new Load(Kind.STREAM, 1, SIZE, chunkSize, 1, 0, chunks, false);
  }

  Load withSizes(int payload, int result) {
    return new Load(kind, inFlight, payload, result, connections, queued, chunks, unique);
  }

  Load withConnections(int connections) {
    return new Load(kind, inFlight, payload, result, connections, queued, chunks, unique);
  }

  Load withQueued(int queued) {
    return new Load(kind, inFlight, payload, result, connections, queued, chunks, unique);
  }

  boolean isBackground() {
    return kind == Kind.BACKGROUND;
  }

  /** Whether those that are queued are of its own function. */
  boolean joinsQueue() {
    return kind == Kind.BACKGROUND || kind == Kind.STANDING;
  }

  Load withUniqueIds() {
    return new Load(kind, inFlight, payload, result, connections, queued, chunks, true);
  }

  /** No more than a plan has time for. */
  Load within(Plan plan) {
    return new Load(
        kind,
        inFlight,
        Math.min(payload, plan.bytes()),
        Math.min(result, plan.bytes()),
        Math.min(connections, plan.connections()),
        Math.min(queued, plan.queued()),
        Math.min(chunks, plan.chunks()),
        unique);
  }

  /** For a process that takes part. */
  List<String> arguments() {
    return List.of(
        "mode=" + kind.name().toLowerCase(Locale.ROOT),
        "in-flight=" + inFlight,
        "payload=" + payload,
        "result=" + result,
        "connections=" + connections,
        "chunks=" + chunks,
        "unique=" + unique);
  }

  /** For a reader. */
  String label() {
    StringBuilder label = new StringBuilder();
    if (kind == Kind.STREAM) {
      label.append(format("%,d chunks of %s", chunks, size(result)));
    } else {
      label.append(format("%,d in flight", inFlight));
    }
    if (payload == result && payload != SIZE) {
      label.append(", ").append(size(payload)).append(" there and back");
    } else if (kind != Kind.STREAM && payload != result) {
      label.append(", results of ").append(size(result));
    }
    if (connections > 1) {
      label.append(format(", %,d connections", connections));
    }
    if (queued > 0) {
      label.append(format(", %,d queued", queued));
    }
    return unique ? label.append(", unique ids").toString() : label.toString();
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }

  private static String size(int bytes) {
    if (bytes % (1 << 20) == 0) {
      return (bytes >> 20) + " MiB";
    }
    if (bytes % (1 << 10) == 0) {
      return (bytes >> 10) + " KiB";
    }
    return bytes % 1_000_000 == 0 ? bytes / 1_000_000 + " MB" : bytes + " B";
  }
}

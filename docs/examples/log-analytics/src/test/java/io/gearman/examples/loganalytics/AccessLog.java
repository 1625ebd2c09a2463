// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The real log, {@code ../shared/data/access.log} beside the checkout, and an independent count of
 * it: its lines have no spaces but where the format has them, so that cutting at spaces will do.
 */
final class AccessLog {

  private static final String PLACE = "shared/data/access.log";

  private AccessLog() {}

  /** Skips the test if the log is not there. */
  static byte[] read() {
    Path here = Path.of("").toAbsolutePath();
    Path log =
        Stream.iterate(here, folder -> folder != null, Path::getParent)
            .map(folder -> folder.resolve(PLACE))
            .filter(Files::isRegularFile)
            .findFirst()
            .orElse(here);
    assumeTrue(Files.isRegularFile(log), "no " + PLACE + " in any folder above " + here);
    try {
      return Files.readAllBytes(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Report count(byte[] log) {
    List<String> lines = new String(log, UTF_8).lines().toList();
    long bytes = 0;
    Set<String> clients = new HashSet<>();
    Map<Integer, Long> statuses = new HashMap<>();
    Map<String, Long> paths = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      clients.add(words[0]);
      paths.merge(words[6].split("\\?", -1)[0], 1L, Long::sum);
      statuses.merge(Integer.valueOf(words[8]), 1L, Long::sum);
      bytes += words[9].equals("-") ? 0 : Long.parseLong(words[9]);
    }
    List<Report.PathHits> top =
        paths.entrySet().stream()
            .map(entry -> new Report.PathHits(entry.getKey(), entry.getValue()))
            .sorted(
                (a, b) ->
                    a.hits() == b.hits()
                        ? a.path().compareTo(b.path())
                        : Long.compare(b.hits(), a.hits()))
            .limit(10)
            .toList();
    return new Report(lines.size(), 0, bytes, clients.size(), statuses, top);
  }
}

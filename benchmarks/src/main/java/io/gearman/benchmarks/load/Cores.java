// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Gives each process cores of its own by {@code taskset} where there are two for each: the server
 * gets what is left over. On a single one a peer with several threads does a tenth of what it can,
 * and a JVM chooses a collector that no server has.
 *
 * @param allowed the numbers of the cores that may be used; empty if nothing is to be pinned
 */
record Cores(List<Integer> allowed) {

  static final Cores NOT_PINNED = new Cores(List.of());

  private static final int EACH = 2;
  private static final int MOST_PROCESSES =
      3; // of a peer: peers of fewer are not to have it better

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String ALLOWED = "Cpus_allowed_list:";

  /** Those of this process, if the system can pin. */
  static Cores ofThisProcess() throws IOException {
    if (Tools.find("taskset").isEmpty() || !Files.exists(STATUS)) {
      return NOT_PINNED;
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(ALLOWED))
          .findFirst()
          .map(line -> new Cores(parse(line.substring(ALLOWED.length()).strip())))
          .orElse(NOT_PINNED);
    }
  }

  /** Reads a list such as {@code 0-3,8}. */
  static List<Integer> parse(String list) {
    List<Integer> cores = new ArrayList<>();
    for (String range : list.split(",", -1)) {
      String[] ends = range.split("-", -1);
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int core = Integer.parseInt(ends[0]); core <= last; core++) {
        cores.add(core);
      }
    }
    return cores;
  }

  /** Whether processes are pinned. */
  boolean suffice() {
    return allowed.size() >= EACH * MOST_PROCESSES;
  }

  /**
   * What comes before the command of a process.
   *
   * @param index which of the processes it is; 0 is the server
   */
  List<String> prefix(int index, int processes) {
    if (!suffice()) {
      return List.of();
    }
    int each = allowed.size() / processes;
    int first = allowed.size() - (processes - index) * each;
    List<Integer> own = allowed.subList(index == 0 ? 0 : first, first + each);
    return List.of(
        "taskset", "-c", own.stream().map(Object::toString).collect(Collectors.joining(",")));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The CPU time of a process: of each of its threads, since what the system says of the whole has a
 * resolution of 10 ms. A thread that ends takes with it what it had used since the last look.
 */
public final class CpuClock {

  /** Nanoseconds that were used, and by whom. */
  public record Reading(long server, long collector) {

    /** By anybody. */
    public long total() {
      return server + collector;
    }

    private Reading plus(Reading other) {
      return new Reading(server + other.server, collector + other.collector);
    }

    /** What was used after another reading. */
    public Reading since(Reading earlier) {
      return new Reading(server - earlier.server, collector - earlier.collector);
    }
  }

  private static final Pattern COLLECTOR = Pattern.compile("(G1|GC|VM Thread).*\n");

  private final Path threads;
  private final Map<Path, Reading> byThread = new HashMap<>();

  public CpuClock(long pid) {
    this.threads = Path.of("/proc", Long.toString(pid), "task");
  }

  /** What was used since this clock was made, or since a thread began. */
  public Reading read() {
    try (var listed = Files.list(threads)) {
      for (Path thread : listed.toList()) {
        look(thread);
      }
      return byThread.values().stream().reduce(new Reading(0, 0), Reading::plus);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void look(Path thread) throws IOException {
    try {
      String used = Files.readString(thread.resolve("schedstat"));
      String name = Files.readString(thread.resolve("comm"));
      long nanos = Long.parseLong(used.substring(0, used.indexOf(' ')));
      boolean collects = COLLECTOR.matcher(name).matches();
      byThread.put(thread, collects ? new Reading(0, nanos) : new Reading(nanos, 0));
    } catch (NoSuchFileException e) {
      // it has just ended
    }
  }
}

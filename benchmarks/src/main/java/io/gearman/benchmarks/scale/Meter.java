// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;

/** Measures a server and collects what is to be printed. */
final class Meter {

  private final ServerProcess server;
  private final PrintStream out;
  private final PrintStream progress;
  private final List<Comparison> comparisons = new ArrayList<>();
  private final List<String> memory = new ArrayList<>();

  Meter(ServerProcess server, PrintStream out, PrintStream progress) {
    this.server = server;
    this.out = out;
    this.progress = progress;
  }

  /** A new row of the table. */
  Comparison comparison(String name) {
    return comparison(name, "");
  }

  /**
   * A new row of the table.
   *
   * @param limit what it is that costs more, if it is not flat
   */
  Comparison comparison(String name, String limit) {
    Comparison comparison = new Comparison(name, limit);
    comparisons.add(comparison);
    return comparison;
  }

  /**
   * Takes one sample.
   *
   * @param work returns how many operations it has done
   */
  void measure(Samples samples, IntSupplier work) {
    CpuClock.Reading before = server.cpu();
    long start = System.nanoTime();
    int operations = work.getAsInt();
    long nanos = System.nanoTime() - start;
    samples.add(server.cpu().since(before), nanos, operations);
  }

  /** Says how much memory each of several things takes, which this brings into being. */
  void weigh(String name, int count, Runnable coming) {
    long before = server.memory();
    coming.run();
    long each = (server.memory() - before) / count;
    memory.add(String.format(Locale.ROOT, "%-46s %,9d bytes each", name, each));
  }

  /** Says what goes on. */
  void progress(String text) {
    progress.println("... " + text);
  }

  /** Prints all rows and returns them. */
  List<Cost> print() {
    out.println();
    out.print(Comparison.HEADER);
    comparisons.forEach(comparison -> out.println(comparison.row()));
    out.println();
    out.println("Memory (" + server.memoryName() + ")");
    memory.forEach(out::println);
    return comparisons.stream().map(Comparison::cost).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures whether the cost of a job stays what it is, within 20 %, as idle connections, functions
 * and queued jobs grow: the server runs in a process of its own, whose CPU time is what counts, and
 * the load comes over plain sockets.
 *
 * <pre>
 *   java -cp benchmarks/target/benchmarks.jar io.gearman.benchmarks.scale.ServerScale [--quick] [--port=N]
 * </pre>
 *
 * {@code --quick} grows less and measures less, which shows that all of it works and no more.
 * {@code --port} measures the server that listens there on this machine instead of ours. The exit
 * status is 1 if a cost is not flat, 2 if it could not be measured.
 */
public final class ServerScale {

  /**
   * What has come of it.
   *
   * @param status to exit with
   * @param costs none if nothing could be measured
   */
  public record Result(int status, List<Cost> costs) {}

  private static final String PORT = "--port=";
  private static final String QUICK = "--quick";
  private static final Pattern OPEN_FILES = Pattern.compile("Max open files\\s+\\S+\\s+(\\S+).*");
  private static final Path LIMITS = Path.of("/proc/self/limits");

  private ServerScale() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    System.exit(run(List.of(args), System.out, System.out).status());
  }

  /**
   * Runs with these arguments.
   *
   * @param progress says what goes on, since it takes minutes
   */
  public static Result run(List<String> args, PrintStream out, PrintStream progress)
      throws IOException {
    int port = 0;
    Sizes sizes = Sizes.FULL;
    for (String arg : args) {
      if (arg.equals(QUICK)) {
        sizes = Sizes.QUICK;
      } else if (arg.matches(PORT + "[0-9]{1,5}")) {
        port = Integer.parseInt(arg.substring(PORT.length()));
      } else {
        out.println("Unknown argument " + arg + "; there are " + QUICK + " and " + PORT + "N");
        return new Result(2, List.of());
      }
    }
    String missing = missing(sizes, LIMITS);
    if (!missing.isEmpty()) {
      out.println(missing);
      return new Result(2, List.of());
    }
    try (ServerProcess server = port == 0 ? ServerProcess.start() : ServerProcess.running(port)) {
      List<Cost> costs = measure(server, sizes, new Meter(server, out, progress));
      return new Result(costs.stream().allMatch(Cost::flat) ? 0 : 1, costs);
    }
  }

  private static List<Cost> measure(ServerProcess server, Sizes sizes, Meter meter) {
    meter.progress("warming up");
    try (Workload workload = Workload.ofSpecialists(server.port(), Workload.functions("job", 1))) {
      workload.run(sizes.warmUp());
    }
    meter.progress("idle connections");
    new IdleConnections(server, meter, sizes).measure();
    meter.progress("functions");
    new ManyFunctions(server, meter, sizes).measure();
    meter.progress("backlog");
    new Backlog(server, meter, sizes).measure();
    return meter.print();
  }

  /** What this machine lacks, in words; empty if it has all. */
  static String missing(Sizes sizes, Path limits) throws IOException {
    if (!Files.exists(limits)) {
      return "The CPU time of a server is read from /proc, which this system does not have";
    }
    long hard = hardLimit(limits);
    return hard >= sizes.descriptors()
        ? ""
        : "%,d connections take %,d file descriptors in each process, and ulimit -Hn is %,d"
            .formatted(sizes.connections(), sizes.descriptors(), hard);
  }

  /** Java raises the soft limit to the hard one by itself. */
  private static long hardLimit(Path limits) throws IOException {
    try (var lines = Files.lines(limits)) {
      Matcher open =
          lines.map(OPEN_FILES::matcher).filter(Matcher::matches).findFirst().orElseThrow();
      String hard = open.group(1);
      return hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.JobServer;
import io.gearman.testkit.PeerProcess;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Micrometer is an option: a server runs where it is not on the class path. */
class WithoutMicrometerTest {

  /** What runs there. */
  static final class Program {

    private Program() {}

    public static void main(String[] args) {
      Duration bound = Duration.ofSeconds(10);
      try {
        Class.forName("io.micrometer.core.instrument.MeterRegistry");
        System.out.println("It is there");
      } catch (ClassNotFoundException e) {
        JobServer.Bound server = JobServer.create().port(0).bind().block(bound);
        System.out.println(server.snapshot().block(bound).connections() + " connections");
        server.disposeNow(bound);
      }
    }
  }

  /** All that the tests have, but for Micrometer and what brings it along. */
  private static String classPath() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(all.split(File.pathSeparator))
        .filter(entry -> !entry.contains("micrometer"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void aServerRunsWithoutIt() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    try (PeerProcess process =
        PeerProcess.start(
            Map.of("CLASSPATH", classPath()), List.of(java, Program.class.getName()))) {
      assertThat(process.awaitEnd()).contains("0 connections");
    }
  }
}

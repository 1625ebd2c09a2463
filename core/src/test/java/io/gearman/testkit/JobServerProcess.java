// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.gearman.server.JobServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.netty.DisposableServer;

/**
 * Our job server in a process of its own, which can be killed. A listener that takes nothing is
 * borne for a second.
 */
public final class JobServerProcess implements AutoCloseable {

  private static final String PORT = "port ";

  private final PeerProcess process;
  private final int port;

  private JobServerProcess(PeerProcess process) {
    this.process = process;
    String line = process.awaitLine();
    while (!line.startsWith(PORT)) { // its log
      line = process.awaitLine();
    }
    this.port = Integer.parseInt(line.substring(PORT.length()));
  }

  /** Starts a server on any free port and returns when it accepts connections. */
  public static JobServerProcess start() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new JobServerProcess(
        PeerProcess.start(
            Map.of(),
            List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())));
  }

  public int port() {
    return port;
  }

  /** Kills it as a crash would: no reply, no farewell. */
  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }

  /** The process: it says its port and serves until its input ends. */
  public static final class Main {

    private Main() {}

    /** Called by Java. */
    public static void main(String[] arguments) throws Exception {
      DisposableServer server =
          JobServer.create()
              .port(0)
              .stallTimeout(Duration.ofSeconds(1))
              .bind()
              .block(Duration.ofSeconds(10));
      System.out.println(PORT + server.port());
      while (System.in.read() >= 0) {
        // whoever started it may say what they like
      }
      System.exit(0);
    }
  }
}

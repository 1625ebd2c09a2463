// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real gearmand on 127.0.0.1 and a port of its own. Its log and its output are in {@code
 * target/gearmand} of the module under test.
 *
 * <pre>{@code
 * try (GearmandProcess gearmand = GearmandProcess.start("--job-retries=2");
 *     WireClient client = WireClient.connect(gearmand.host(), gearmand.port())) {
 *   ...
 * }
 * }</pre>
 */
public final class GearmandProcess implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final String PROGRAM = "gearmand";
  private static final List<String> USUAL_FOLDERS = List.of("/usr/sbin", "/usr/local/sbin");
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
  private static final int POLL_MILLIS = 10;
  private static final int ANSWER_MILLIS = 1_000;
  private static final int MAX_PORTS_TRIED = 5;

  private final Process process;
  private final int port;
  private final Path log;
  private final Thread stopAtExit;
  private final String version;

  private GearmandProcess(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
    this.stopAtExit = new Thread(process::destroyForcibly, "stop gearmand " + process.pid());
    Runtime.getRuntime().addShutdownHook(stopAtExit);
    try {
      this.version = awaitVersion();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** True if gearmand is on the PATH, in /usr/sbin or in /usr/local/sbin. */
  public static boolean isInstalled() {
    return program().isPresent();
  }

  /**
   * Starts a server and returns when it answers.
   *
   * @param options further options of gearmand, such as {@code --round-robin}
   * @throws IllegalStateException if it is not installed, ends at once or does not answer within 10
   *     seconds
   */
  public static GearmandProcess start(String... options) {
    Path program =
        program().orElseThrow(() -> new IllegalStateException(PROGRAM + " is not installed"));
    for (int tried = 1; ; tried++) {
      try {
        return start(program, freePort(), options);
      } catch (PortTakenException e) {
        if (tried == MAX_PORTS_TRIED) {
          throw e;
        }
      }
    }
  }

  private static GearmandProcess start(Path program, int port, String... options) {
    try {
      Path folder = Files.createDirectories(Path.of("target", PROGRAM).toAbsolutePath());
      Path log = folder.resolve("gearmand-" + port + ".log");
      List<String> command = new ArrayList<>();
      command.add(program.toString());
      command.add("--listen=" + HOST);
      command.add("--port=" + port);
      command.add("--log-file=" + log);
      command.add("--pid-file=" + folder.resolve("gearmand-" + port + ".pid"));
      command.addAll(List.of(options));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("gearmand-" + port + ".out").toFile())
              .start();
      return new GearmandProcess(process, port, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The address it listens on. */
  public String host() {
    return HOST;
  }

  public int port() {
    return port;
  }

  /** The version that it reports, such as {@code 1.1.20+ds}. */
  public String version() {
    return version;
  }

  /** Its log, which is empty unless something goes wrong or {@code --verbose} is given. */
  public Path log() {
    return log;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Kills it as a crash would: no reply, no farewell. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Stops this process and no other; by force if it has not ended after 5 seconds. */
  @Override
  public void close() {
    process.destroy();
    if (!awaitEnd()) {
      kill();
    }
    if (!Thread.currentThread().equals(stopAtExit)) {
      Runtime.getRuntime().removeShutdownHook(stopAtExit);
    }
  }

  private boolean awaitEnd() {
    try {
      return process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Asks until it answers; the pause between two attempts waits for the process to end. */
  private String awaitVersion() {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    try {
      while (System.nanoTime() < deadline) {
        if (Long.toString(process.pid()).equals(ask("getpid"))) {
          return String.valueOf(ask("version"));
        }
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          String text = Files.readString(log);
          String message = "gearmand ended with code " + process.exitValue() + ": " + text;
          throw text.contains("Address already in use")
              ? new PortTakenException(message)
              : new IllegalStateException(message);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while gearmand was starting", e);
    }
    throw new IllegalStateException("gearmand does not answer on port " + port + "; see " + log);
  }

  /** The answer to a command of the text protocol without its OK, or null if there is none. */
  private @Nullable String ask(String command) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine();
      return line != null && line.startsWith("OK ") ? line.substring(3) : null;
    } catch (IOException e) {
      return null; // it is not up yet
    }
  }

  private static Optional<Path> program() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), USUAL_FOLDERS.stream())
        .map(folder -> Path.of(folder, PROGRAM))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Somebody else took the port between our choosing it and gearmand's binding it. */
  private static final class PortTakenException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    PortTakenException(String message) {
      super(message);
    }
  }
}

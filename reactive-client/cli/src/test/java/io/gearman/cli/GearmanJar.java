// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A process that runs the jar, as users do. */
final class GearmanJar implements AutoCloseable {

  private static final int TIMEOUT_SECONDS = 30;

  private final Process process;
  private final BufferedReader lines; // of its output
  private final Path errors;

  private GearmanJar(Process process, Path errors) {
    this.process = process;
    this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    this.errors = errors;
  }

  static GearmanJar start(String... words) {
    return startIn("exec \"$0\" \"$@\"", words);
  }

  /** Starts it by a line of sh, for which the program is $0 and its words are $@. */
  static GearmanJar startIn(String shell, String... words) {
    return startIn(shell, "64m", words);
  }

  /** With another heap, in the words of {@code -Xmx}. */
  static GearmanJar startWithHeap(String heap, String shell, String... words) {
    return startIn(shell, heap, words);
  }

  private static GearmanJar startIn(String shell, String heap, String[] words) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", shell));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + heap, "-jar", "target/gearman.jar"));
    command.addAll(List.of(words));
    try {
      Path errors = Files.createTempFile(Path.of("target"), "gearman-", ".err");
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder
          .environment()
          .keySet()
          .removeAll(
              Set.of("GEARMAND_PORT", "GEARMAN_SERVER", "GEARMAN_SERVERS", "JAVA_TOOL_OPTIONS"));
      return new GearmanJar(builder.start(), errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server on any port of 127.0.0.1. */
  static GearmanJar server(String... words) {
    List<String> all = new ArrayList<>(List.of("server", "-p", "0", "-L", "127.0.0.1"));
    all.addAll(List.of(words));
    return start(all.toArray(String[]::new));
  }

  long pid() {
    return process.pid();
  }

  /** The port that the first line names. */
  int port() throws IOException {
    return port("Listening");
  }

  /** The port of 127.0.0.1 that the next line names. */
  int port(String who) throws IOException {
    String line = lines.readLine();
    if (line == null || !line.startsWith(who + " on 127.0.0.1:")) {
      throw new AssertionError("Awaited a port, read " + line + err());
    }
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  /** Sends a signal to this process and no other. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("There is no process " + pid());
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("Still running after " + TIMEOUT_SECONDS + " s: " + err());
    }
    return process.exitValue();
  }

  byte[] out() throws IOException {
    return process.getInputStream().readAllBytes();
  }

  /** Waits until standard error has this text. */
  void awaitError(String text) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (!err().contains(text)) {
      if (!isAlive() || System.nanoTime() > deadline) {
        throw new AssertionError("Awaited '" + text + "', read " + err());
      }
      Thread.sleep(10);
    }
  }

  String err() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

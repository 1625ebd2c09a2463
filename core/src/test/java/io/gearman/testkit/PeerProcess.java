// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A program that somebody else wrote, or a script on top of it, which tests start, talk to by lines
 * and kill. Its output is read as it comes, so that it never blocks; what it says on its error
 * output is kept in {@code target/peers} of the module under test.
 *
 * <p>Whatever is awaited must come within 15 seconds; otherwise an AssertionError says what it was
 * and all that the program has said. Text is one byte per character.
 */
public final class PeerProcess implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final List<String> command;
  private final Process process;
  private final Path errors;
  private final Thread stopAtExit;
  private final Object lock = new Object();
  private final List<String> lines = new ArrayList<>();
  private int awaited;
  private boolean ended;

  private PeerProcess(List<String> command, Process process, Path errors) {
    this.command = command;
    this.process = process;
    this.errors = errors;
    this.stopAtExit = new Thread(process::destroyForcibly, "stop " + command.get(0));
    Runtime.getRuntime().addShutdownHook(stopAtExit);
    Thread reader = new Thread(this::read, "output of " + command.get(0));
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a program with these additions to the environment. */
  public static PeerProcess start(Map<String, String> environment, List<String> command) {
    try {
      Path folder = Files.createDirectories(Path.of("target", "peers", "errors"));
      Path errors = folder.resolve(NUMBERS.incrementAndGet() + ".txt");
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().putAll(environment);
      return new PeerProcess(command, builder.start(), errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a program to its end. False if it fails or does not exist. */
  public static boolean succeeds(Map<String, String> environment, List<String> command) {
    try (PeerProcess process = start(environment, command)) {
      process.awaitEnd();
      return process.process.waitFor() == 0;
    } catch (UncheckedIOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The next line that was not yet awaited. */
  public String awaitLine() {
    synchronized (lock) {
      await(() -> lines.size() > awaited || ended, "a line");
      if (lines.size() == awaited) {
        throw new AssertionError("It ended before it wrote a line: " + this);
      }
      return lines.get(awaited++);
    }
  }

  /** Ends its input and waits for its end. Returns all lines that it wrote. */
  public List<String> awaitEnd() {
    endInput();
    synchronized (lock) {
      await(() -> ended, "its end");
      return List.copyOf(lines);
    }
  }

  public void writeLine(String line) {
    try {
      process.getOutputStream().write((line + '\n').getBytes(ISO_8859_1));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new AssertionError("It reads no more: " + this, e);
    }
  }

  /** Kills it by SIGKILL, as a crash would: nothing is said to the server. */
  public void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("Survived SIGKILL: " + this);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Kills it if it still runs, and ends the input of what it started. */
  @Override
  public void close() {
    kill();
    endInput();
    Runtime.getRuntime().removeShutdownHook(stopAtExit);
  }

  /** All that it has said. */
  @Override
  public String toString() {
    synchronized (lock) {
      return "%s%noutput: %s%nerrors: %s".formatted(String.join(" ", command), lines, errors());
    }
  }

  private void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // it has ended
    }
  }

  private String errors() {
    try {
      return Files.readString(errors, ISO_8859_1);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void await(Supplier<Boolean> condition, String what) {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (!condition.get()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError(TIMEOUT + " passed, awaiting " + what + ": " + this);
      }
      try {
        lock.wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(ISO_8859_1)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (lock) {
          lines.add(line);
          lock.notifyAll();
        }
      }
    } catch (IOException e) {
      // killed
    }
    synchronized (lock) {
      ended = true;
      lock.notifyAll();
    }
  }
}

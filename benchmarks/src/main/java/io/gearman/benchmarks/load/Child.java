// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.benchmarks.scale.CpuClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that was started here, is spoken to by lines, and ends at the latest with this process.
 */
final class Child implements AutoCloseable {

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
  private static final String ENDED = "\0";
  private static final int LAST_WORDS = 2_000;
  private static final long GRACE_SECONDS = 5;

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final String name;
  private final Path log;
  private final Process process;
  private final CpuClock cpu;
  private final Writer input;
  private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

  private Child(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.cpu = new CpuClock(process.pid());
    this.input = process.outputWriter(UTF_8);
  }

  /**
   * Starts a process.
   *
   * @param name for whoever reads of its failure
   * @param log what it prints on its standard error
   */
  static Child start(String name, List<String> command, Path folder, Path log) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectError(log.toFile())
              .start();
      RUNNING.add(process);
      Child child = new Child(name, log, process);
      Thread reader = new Thread(child::read, "output of " + process.pid());
      reader.setDaemon(true);
      reader.start();
      return child;
    } catch (IOException e) {
      throw new LoadException("%s cannot be started: %s".formatted(name, e.getMessage()));
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
      }
    } catch (IOException e) {
      output.add(e.toString());
    }
    output.add(ENDED);
  }

  /** The next line that it prints. */
  String line(Duration patience) {
    try {
      String line = output.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw new LoadException("no answer within %s from %s".formatted(patience, name));
      }
      if (line.equals(ENDED)) {
        output.add(ENDED);
        throw ended();
      }
      return line;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Why it is of no use any more, with its last words. */
  LoadException ended() {
    return new LoadException("%s has ended: %s".formatted(name, lastWords()));
  }

  private String lastWords() {
    try {
      String words = Files.readString(log).strip();
      return words.substring(Math.max(0, words.length() - LAST_WORDS));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Waits until it says that it is ready. */
  void awaitReady(Duration patience) {
    String line = line(patience);
    if (!line.equals("ready")) {
      throw new LoadException("%s printed \"%s\"".formatted(name, line));
    }
  }

  /** Tells it what to do. */
  void tell(String line) {
    try {
      input.write(line + "\n");
      input.flush();
    } catch (IOException e) {
      throw ended();
    }
  }

  /** Tells a client what to do, and returns what it has measured. */
  Measured measure(String line, Duration patience) {
    tell(line);
    List<String> answer = new ArrayList<>();
    for (String next = line(patience); !next.equals("end"); next = line(patience)) {
      answer.add(next);
    }
    return Measured.parse(answer);
  }

  /** The heap in use, of a process that says so. */
  long heap(Duration patience) {
    String line = line(patience);
    try {
      return Long.parseLong(line.replace("heap ", ""));
    } catch (NumberFormatException e) {
      throw new LoadException("%s printed \"%s\"".formatted(name, line));
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The time that it has had on a core. */
  Duration cpu() {
    try {
      return Duration.ofNanos(cpu.read().total());
    } catch (UncheckedIOException e) {
      throw ended();
    }
  }

  /** Ends it. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    RUNNING.remove(process);
  }
}

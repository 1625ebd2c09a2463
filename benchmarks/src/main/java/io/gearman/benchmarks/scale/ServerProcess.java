// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server that is measured, from outside: ours as a child, or any other on this machine. */
final class ServerProcess implements AutoCloseable {

  /** Room for a million jobs, and for the collector to do its work. */
  private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g");

  private final ProcessHandle process;
  private final int port;
  private final @Nullable Child child;
  private final CpuClock cpu;

  private ServerProcess(ProcessHandle process, int port, @Nullable Child child) {
    this.process = process;
    this.port = port;
    this.child = child;
    this.cpu = new CpuClock(process.pid());
  }

  /** Starts our server with the Java and the class path of this process. */
  static ServerProcess start(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(HEAP);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ScaleServer.class.getName());
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Child child = new Child(process);
    return new ServerProcess(process.toHandle(), (int) child.nextNumber(), child);
  }

  /** A server that runs already, and says by the text protocol which process it is. */
  static ServerProcess running(int port) {
    try (Wire wire = Wire.connect(port)) {
      String answer = wire.add("getpid").flush().line();
      long pid = Long.parseLong(answer.replace("OK", "").strip());
      return new ServerProcess(ProcessHandle.of(pid).orElseThrow(), port, null);
    }
  }

  int port() {
    return port;
  }

  /** CPU time of all threads of the server since it started. */
  CpuClock.Reading cpu() {
    return cpu.read();
  }

  /** What {@link #memory} tells. */
  String memoryName() {
    return child == null ? "resident memory" : "heap after a collection";
  }

  /** Bytes that the server uses. */
  long memory() {
    try {
      return child == null ? residentMemory() : child.usedHeap();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long residentMemory() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      String resident = lines.filter(line -> line.startsWith("VmRSS")).findFirst().orElseThrow();
      return Long.parseLong(resident.replaceAll("[^0-9]", "")) << 10;
    }
  }

  /** Ends the server if it was started here. */
  @Override
  public void close() {
    if (child != null) {
      process.destroy();
    }
  }

  /** Its output and input. */
  private static final class Child {

    private final BufferedReader output;
    private final Writer input;

    Child(Process process) {
      output = process.inputReader(US_ASCII);
      input = process.outputWriter(US_ASCII);
    }

    long usedHeap() throws IOException {
      input.write("\n");
      input.flush();
      return nextNumber();
    }

    long nextNumber() throws IOException {
      String line = output.readLine();
      if (line == null) {
        throw new IOException("The server has ended");
      }
      return Long.parseLong(line);
    }
  }
}

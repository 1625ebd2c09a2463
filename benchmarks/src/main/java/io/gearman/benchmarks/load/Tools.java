// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns programs into commands, and says which of them this machine does not have. */
final class Tools {

  /** Where Debian has its daemons, which is not on everybody's path. */
  private static final List<String> DAEMONS = List.of("/usr/sbin", "/usr/local/sbin");

  private static final List<String> COMPILER = List.of("gcc", "-O2", "-Wall", "-Wextra", "-Werror");
  private static final String NATS_SETTINGS = "max_payload: 64MB\n";

  private final Path folder;
  private final List<String> javaOptions;
  private final Map<String, Optional<Path>> compiled = new HashMap<>();

  /**
   * @param folder for logs and what is compiled
   * @param javaOptions of every process in Java
   */
  Tools(Path folder, List<String> javaOptions) throws IOException {
    this.folder = Files.createDirectories(folder.toAbsolutePath());
    this.javaOptions = javaOptions;
    Files.writeString(folder.resolve("nats.conf"), NATS_SETTINGS);
  }

  Path folder() {
    return folder;
  }

  /** An executable of this machine. */
  static Optional<Path> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), DAEMONS.stream())
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What a program needs and this machine lacks; empty if nothing. */
  Optional<String> missing(Program program) {
    if (program instanceof Program.Installed installed) {
      return find(installed.name()).isPresent()
          ? Optional.empty()
          : Optional.of(installed.name() + " is not installed");
    }
    if (program instanceof Program.C c) {
      return compiled(c.source()).isPresent()
          ? Optional.empty()
          : Optional.of(c.source() + ".c does not compile; gcc or the headers of its library lack");
    }
    return Optional.empty();
  }

  /** What a peer needs and this machine lacks; empty if nothing. */
  Optional<String> missing(Peer peer) {
    return peer.programs().stream().map(this::missing).flatMap(Optional::stream).findFirst();
  }

  /**
   * The command of a program that is not missing.
   *
   * @param arguments for one of ours
   */
  List<String> command(Program program, int port, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (program instanceof Program.Installed installed) {
      find("setpriv") // it ends with the thread that starts it; what is ours ends with its input
          .ifPresent(path -> command.addAll(List.of(path.toString(), "--pdeathsig", "KILL")));
      command.add(find(installed.name()).orElseThrow().toString());
      command.addAll(installed.arguments().apply(port));
      return command;
    }
    if (program instanceof Program.C c) {
      command.add(compiled(c.source()).orElseThrow().toString());
      command.addAll(c.arguments());
    } else if (program instanceof Program.Java java) {
      command.add(ProcessHandle.current().info().command().orElse("java"));
      command.addAll(javaOptions);
      command.addAll(List.of("-cp", classPath(), java.main().getName(), "role=" + java.role()));
    }
    command.add("port=" + port);
    command.addAll(arguments);
    return command;
  }

  /** Of this process, whose entries may be relative to where it was started. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .reduce((one, other) -> one + File.pathSeparator + other)
        .orElseThrow();
  }

  private Optional<Path> compiled(String source) {
    return compiled.computeIfAbsent(source, this::compile);
  }

  private Optional<Path> compile(String source) {
    Path program = folder.resolve(source);
    List<String> command = new ArrayList<>(COMPILER);
    command.addAll(List.of("-o", program.toString(), extract(source + ".c").toString()));
    if (source.equals("libgearman")) {
      command.add("-lgearman");
    }
    extract("bench.h");
    return find(COMPILER.get(0)).isPresent() && output(command).isPresent()
        ? Optional.of(program)
        : Optional.empty();
  }

  private Path extract(String name) {
    try (InputStream source = Tools.class.getResourceAsStream("/c/" + name)) {
      if (source == null) {
        throw new IllegalStateException("c/" + name + " is not in the jar");
      }
      Path copy = folder.resolve(name);
      Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a command prints if it succeeds. */
  static Optional<String> output(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String printed = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      return process.waitFor() == 0 ? Optional.of(printed) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

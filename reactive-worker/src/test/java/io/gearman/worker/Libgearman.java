// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.util.Objects.requireNonNull;

import io.gearman.testkit.InstalledCondition;
import io.gearman.testkit.PeerProcess;
import io.gearman.transport.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The programs of the test kit for libgearman, which it has as sources. */
final class Libgearman {

  /** Looks for a compiler and the library. */
  static final class Installed extends InstalledCondition {

    /** Called by JUnit. */
    Installed() {
      super(
          "libgearman",
          "packages gcc, libc6-dev and libgearman-dev",
          () -> succeeds("gcc -fsyntax-only -include libgearman/gearman.h -x c /dev/null"));
    }
  }

  private static final class Compiled {
    static final String CLIENT = compile("client");
    static final String WORKER = compile("worker");
  }

  private Libgearman() {}

  /** A worker whose functions begin with the prefix and a dash. */
  static PeerProcess worker(ServerAddress server, String prefix) {
    return start(Compiled.WORKER, "" + server.port(), prefix);
  }

  static PeerProcess client(ServerAddress server, String... arguments) {
    Stream<String> all = Stream.concat(Stream.of("" + server.port()), Stream.of(arguments));
    return start(Compiled.CLIENT, all.toArray(String[]::new));
  }

  private static PeerProcess start(String program, String... arguments) {
    return PeerProcess.start(
        Map.of(), Stream.concat(Stream.of(program), Stream.of(arguments)).toList());
  }

  private static String compile(String name) {
    Path source = Path.of("target", "peers", name + ".c").toAbsolutePath();
    String resource = "/peers/" + name + ".c";
    try (InputStream text = Libgearman.class.getResourceAsStream(resource)) {
      Files.createDirectories(source.getParent());
      Files.copy(requireNonNull(text, resource), source, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String program = source.resolveSibling("libgearman-" + name).toString();
    String gcc = "gcc -o " + program + ' ' + source + " -lgearman";
    if (!succeeds(gcc)) {
      throw new AssertionError("It fails: " + gcc);
    }
    return program;
  }

  private static boolean succeeds(String command) {
    return PeerProcess.succeeds(Map.of(), List.of(command.split(" ")));
  }
}

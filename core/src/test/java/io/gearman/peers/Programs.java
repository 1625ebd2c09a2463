// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import io.gearman.testkit.PeerProcess;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Our programs for the peers, in the resources beside this class. */
final class Programs {

  private static final Path HOME = Path.of("target", "peers").toAbsolutePath();

  /** gearmanode is no package of Debian. */
  static final Map<String, String> ENVIRONMENT =
      Map.of("NODE_PATH", HOME.resolve("node_modules").toString());

  /** Succeeds if there is a compiler and what it needs. */
  static final String[] PREPROCESS = {
    "gcc", "-fsyntax-only", "-include", "libgearman/gearman.h", "-x", "c", "/dev/null"
  };

  private Programs() {}

  static List<String> script(String interpreter, Role role, String suffix) {
    return List.of(interpreter, source(role, suffix));
  }

  /** Compiles it, if this run of the tests has not done so. */
  static List<String> compiled(Role role) {
    return switch (role) {
      case CLIENT -> Compiled.CLIENT;
      case WORKER -> Compiled.WORKER;
    };
  }

  private static String source(Role role, String suffix) {
    String name = "/peers/" + role.name().toLowerCase(Locale.ROOT) + suffix;
    try {
      URL url = Objects.requireNonNull(Programs.class.getResource(name), name);
      return Path.of(url.toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Compiled {

    static final List<String> CLIENT = compile(Role.CLIENT);
    static final List<String> WORKER = compile(Role.WORKER);

    private static List<String> compile(Role role) {
      String program =
          HOME.resolve("libgearman-" + role.name().toLowerCase(Locale.ROOT)).toString();
      List<String> gcc = List.of("gcc", "-o", program, source(role, ".c"), "-lgearman");
      if (!PeerProcess.succeeds(ENVIRONMENT, gcc)) {
        throw new AssertionError("It fails: " + String.join(" ", gcc));
      }
      return List.of(program);
    }
  }
}

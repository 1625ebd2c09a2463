// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.file.Path;

/** Where the log goes. */
sealed interface LogTarget {

  /** The words of {@code --log-file}, which are never taken for names of files. */
  static LogTarget of(String word) {
    return switch (word) {
      case "stderr" -> new Stderr();
      case "none" -> new None();
      default -> new ToFile(Path.of(word));
    };
  }

  record Stderr() implements LogTarget {}

  record None() implements LogTarget {}

  record ToFile(Path path) implements LogTarget {}
}

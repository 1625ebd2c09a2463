// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

/** Where the log goes. */
sealed interface LogTarget {

  /** The words of {@code --log-file}, which are never taken for names of files. */
  static LogTarget of(String word) {
    return switch (word) {
      case "stderr" -> new Stderr();
      case "none" -> new None();
      default -> new ToFile(new PathConverter().convert(word));
    };
  }

  final class Converter implements ITypeConverter<LogTarget> {
    @Override
    public LogTarget convert(String word) {
      return of(word);
    }
  }

  record Stderr() implements LogTarget {}

  record None() implements LogTarget {}

  record ToFile(Path path) implements LogTarget {}
}

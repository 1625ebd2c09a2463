// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The name of a file. */
final class PathConverter implements ITypeConverter<Path> {

  @Override
  public Path convert(String word) {
    if (word.isBlank()) {
      throw new TypeConversionException("the name of a file must not be empty");
    }
    try {
      return Path.of(word);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "'" + word + "' is not the name of a file in this locale; set LANG=C.UTF-8");
    }
  }
}

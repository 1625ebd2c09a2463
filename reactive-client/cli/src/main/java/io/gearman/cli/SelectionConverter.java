// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.client.ServerSelection;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Ways to choose a server as people write them: {@code round-robin}. */
final class SelectionConverter implements ITypeConverter<ServerSelection> {

  @Override
  public ServerSelection convert(String word) {
    return Stream.of(ServerSelection.values())
        .filter(selection -> name(selection).equals(word))
        .findFirst()
        .orElseThrow(
            () -> new TypeConversionException("'%s' is none of %s".formatted(word, all())));
  }

  private static String all() {
    return Stream.of(ServerSelection.values())
        .map(SelectionConverter::name)
        .collect(Collectors.joining(", "));
  }

  private static String name(ServerSelection selection) {
    return selection.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The programs that the texts show, and what they print. */
final class Programs {

  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private Programs() {}

  static String firstOf(String text) {
    return snippetsOf(text).get(0);
  }

  static List<String> snippetsOf(String text) {
    List<String> snippets =
        JAVA.matcher(Repository.read(text)).results().map(found -> found.group(1)).toList();
    assertThat(snippets).as("Java snippets in " + text).isNotEmpty();
    return snippets;
  }

  /** Indentation and breaks of lines may differ. */
  static void expectCompiled(String program, String snippet) {
    String source = Repository.read("docs/src/test/java/io/gearman/docs/" + program + ".java");
    assertThat(inOneLine(source)).contains(inOneLine(snippet));
  }

  private static String inOneLine(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining());
  }

  static String printedBy(Runnable program) {
    PrintStream console = System.out;
    var printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(console);
    }
    return printed.toString(UTF_8);
  }
}

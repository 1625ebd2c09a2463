// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The README shows what works. */
class ReadmeTest {

  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final int LONGEST_MAIN = 25;
  private static final int LATEST_LINE = 60;

  private final String readme = Repository.read("README.md");

  private String snippet() {
    Matcher matcher = JAVA.matcher(readme);
    assertThat(matcher.find()).as("a Java snippet in README.md").isTrue();
    return matcher.group(1);
  }

  @Test
  void theFirstProgramIsTheOneThatIsCompiledHere() {
    String source = Repository.read("docs/src/test/java/io/gearman/docs/QuickStart.java");
    assertThat(unindented(source)).contains(unindented(snippet()));
  }

  private static String unindented(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  void theFirstProgramIsShortAndComesEarly() {
    assertThat(snippet().lines().count()).isLessThanOrEqualTo(LONGEST_MAIN);
    assertThat(readme.substring(0, readme.indexOf(snippet())).lines().count())
        .isLessThan(LATEST_LINE);
  }

  @Test
  void theFirstProgramPrintsWhatItsCommentsSay() {
    PrintStream console = System.out;
    var printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, UTF_8));
    try {
      QuickStart.main(new String[0]);
    } finally {
      System.setOut(console);
    }
    assertThat(printed.toString(UTF_8).lines().filter("abc"::equals)).hasSize(3);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The README shows what works. */
class ReadmeTest {

  private static final int LONGEST_MAIN = 25;
  private static final int LATEST_LINE = 60;

  private final String readme = Repository.read("README.md");

  private String snippet() {
    return Programs.firstOf("README.md");
  }

  @Test
  void theFirstProgramIsTheOneThatIsCompiledHere() {
    Programs.expectCompiled("QuickStart", snippet());
  }

  @Test
  void theFirstProgramIsShortAndComesEarly() {
    assertThat(snippet().lines().count()).isLessThanOrEqualTo(LONGEST_MAIN);
    assertThat(readme.substring(0, readme.indexOf(snippet())).lines().count())
        .isLessThan(LATEST_LINE);
  }

  @Test
  void theFirstProgramPrintsWhatItsCommentsSay() {
    String printed = Programs.printedBy(() -> QuickStart.main(new String[0]));
    assertThat(printed.lines().filter("abc"::equals)).hasSize(3);
  }
}

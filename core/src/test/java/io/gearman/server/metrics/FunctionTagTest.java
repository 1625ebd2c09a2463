// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionTagTest {

  private static final String CLEF = "\ud834\udd1e"; // one character of two

  @ParameterizedTest
  @ValueSource(strings = {"resize", "a b", "caf\u00e9/\u4e2d\u6587", "\"quoted\\\"", "f(x)", "{}"})
  void aNameThatCanBeShownIsItsOwnTag(String name) {
    assertThat(FunctionTag.of(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\u0000", "\u007f", "\u0085", "\u2028", "\u202e"})
  void whatCannotBeShownIsReplaced(String hidden) {
    assertThat(FunctionTag.of("a" + hidden + "b")).isEqualTo("a_b");
  }

  @Test
  void aLongNameIsCutBetweenCharacters() {
    assertThat(FunctionTag.of(CLEF.repeat(100))).isEqualTo(CLEF.repeat(100));
    assertThat(FunctionTag.of(CLEF.repeat(101))).isEqualTo(CLEF.repeat(100) + "\u2026");
    assertThat(FunctionTag.of("x".repeat(65_536))).isEqualTo("x".repeat(100) + "\u2026");
  }

  @Test
  void theEmptyNameHasATag() {
    assertThat(FunctionTag.of("")).isEqualTo("(empty)");
  }

  @Test
  void noNameTakesTheTagOfAllOthers() {
    assertThat(FunctionTag.of("(others)")).isEqualTo("((others)");
    assertThat(FunctionTag.of("((others)")).isEqualTo("(((others)");
    assertThat(FunctionTag.of("(empty)")).isEqualTo("((empty)");
  }
}

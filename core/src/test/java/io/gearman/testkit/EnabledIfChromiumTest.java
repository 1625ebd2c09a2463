// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class EnabledIfChromiumTest {

  @Test
  void testsRunWhereItIsInstalled() {
    assertThat(decide(true, Map.of("CI", "true")).isDisabled()).isFalse();
    assertThat(decide(true, Map.of()).isDisabled()).isFalse();
  }

  @Test
  void testsAreSkippedWithAReasonWhereItIsNot() {
    ConditionEvaluationResult result = decide(false, Map.of());

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).hasValueSatisfying(r -> assertThat(r).contains("not installed"));
  }

  @Test
  void testsFailWhereItIsNotInstalledOnCi() {
    assertThatThrownBy(() -> decide(false, Map.of("CI", "true")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("chromium-driver");
  }

  private static ConditionEvaluationResult decide(
      boolean installed, Map<String, String> environment) {
    return new EnabledIfChromium.Condition(() -> installed, environment::get)
        .evaluateExecutionCondition(null);
  }
}

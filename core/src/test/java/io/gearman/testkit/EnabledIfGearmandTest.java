// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnabledIfGearmandTest {

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void testsRunWhereGearmandIsInstalled(String ci) {
    assertThat(decide(true, Map.of("CI", ci)).isDisabled()).isFalse();
    assertThat(decide(true, Map.of()).isDisabled()).isFalse();
  }

  @Test
  void testsAreSkippedWithAReasonWhereItIsNot() {
    ConditionEvaluationResult result = decide(false, Map.of());

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).hasValueSatisfying(r -> assertThat(r).contains("not installed"));
    assertThat(decide(false, Map.of("CI", "false")).isDisabled()).isTrue();
  }

  @Test
  void testsFailWhereItIsNotInstalledOnCi() {
    assertThatThrownBy(() -> decide(false, Map.of("CI", "true")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("gearmand is not installed")
        .hasMessageContaining("gearman-job-server");
  }

  private static ConditionEvaluationResult decide(
      boolean installed, Map<String, String> environment) {
    return new EnabledIfGearmand.Condition(() -> installed, environment::get)
        .evaluateExecutionCondition(null);
  }
}

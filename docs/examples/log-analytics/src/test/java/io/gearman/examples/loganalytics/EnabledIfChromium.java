// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * For tests in {@link Chromium}. Where it is not installed they are skipped, except if the
 * environment variable {@code CI} is {@code true}: then its absence fails the test class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EnabledIfChromium.Condition.class)
@interface EnabledIfChromium {

  /** Looks for the programs and decides. */
  final class Condition implements ExecutionCondition {

    private static final String MISSING =
        "chromium is not installed (packages chromium and chromium-driver)";

    private final BooleanSupplier installed;
    private final UnaryOperator<@Nullable String> environment;

    /** Called by JUnit. */
    Condition() {
      this(Chromium::isInstalled, System::getenv);
    }

    Condition(BooleanSupplier installed, UnaryOperator<@Nullable String> environment) {
      this.installed = installed;
      this.environment = environment;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(
        @Nullable ExtensionContext context) {
      if (installed.getAsBoolean()) {
        return ConditionEvaluationResult.enabled("chromium is installed");
      }
      if ("true".equals(environment.apply("CI"))) {
        throw new IllegalStateException(MISSING + ", and CI=true says that these tests must run");
      }
      return ConditionEvaluationResult.disabled(MISSING);
    }
  }
}

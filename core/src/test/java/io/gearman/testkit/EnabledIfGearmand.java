// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
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
 * For tests against a real gearmand ({@link GearmandProcess}). They run wherever gearmand is
 * installed. Where it is not, they are skipped, except if the environment variable {@code CI} is
 * {@code true}: then its absence fails the test class.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(EnabledIfGearmand.Condition.class)
public @interface EnabledIfGearmand {

  /** Looks for the program and decides. */
  final class Condition implements ExecutionCondition {

    private final BooleanSupplier installed;
    private final UnaryOperator<@Nullable String> environment;

    /** Called by JUnit. */
    public Condition() {
      this(GearmandProcess::isInstalled, System::getenv);
    }

    Condition(BooleanSupplier installed, UnaryOperator<@Nullable String> environment) {
      this.installed = installed;
      this.environment = environment;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(
        @Nullable ExtensionContext context) {
      if (installed.getAsBoolean()) {
        return ConditionEvaluationResult.enabled("gearmand is installed");
      }
      if ("true".equals(environment.apply("CI"))) {
        throw new IllegalStateException(
            "gearmand is not installed, and CI=true says that these tests must run:"
                + " install the package gearman-job-server");
      }
      return ConditionEvaluationResult.disabled(
          "gearmand is not installed (package gearman-job-server)");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Decides about tests that need something installed. Where it is not they are skipped, except if
 * the environment variable {@code CI} is {@code true}: then its absence fails them.
 */
public class InstalledCondition implements ExecutionCondition {

  private final String name;
  private final String packages;
  private final BooleanSupplier installed;
  private final UnaryOperator<@Nullable String> environment;

  /**
   * @param name what is needed
   * @param packages where it comes from, for those who lack it
   * @param installed looks for it
   */
  public InstalledCondition(String name, String packages, BooleanSupplier installed) {
    this(name, packages, installed, System::getenv);
  }

  /** With another environment, for tests. */
  protected InstalledCondition(
      String name,
      String packages,
      BooleanSupplier installed,
      UnaryOperator<@Nullable String> environment) {
    this.name = name;
    this.packages = packages;
    this.installed = installed;
    this.environment = environment;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(@Nullable ExtensionContext context) {
    if (installed.getAsBoolean()) {
      return ConditionEvaluationResult.enabled(name + " is installed");
    }
    String missing = name + " is not installed (" + packages + ')';
    if ("true".equals(environment.apply("CI"))) {
      throw new IllegalStateException(missing + ", and CI=true says that these tests must run");
    }
    return ConditionEvaluationResult.disabled(missing);
  }
}

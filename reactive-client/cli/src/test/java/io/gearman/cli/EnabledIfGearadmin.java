// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.testkit.EnabledIfGearmand;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For tests against a real gearadmin and gearmand; as {@link EnabledIfGearmand}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfGearmand
@ExtendWith(EnabledIfGearadmin.Condition.class)
@interface EnabledIfGearadmin {

  final class Condition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
      if (Stream.of(path.split(":")).anyMatch(f -> Files.isExecutable(Path.of(f, "gearadmin")))) {
        return ConditionEvaluationResult.enabled("gearadmin is installed");
      }
      String problem = "gearadmin is not installed (package gearman-tools)";
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException(problem + ", and CI=true says that these tests must run");
      }
      return ConditionEvaluationResult.disabled(problem);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.InstalledCondition;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;

/** For tests against a real gearman and gearmand; as {@link EnabledIfGearmand}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfGearmand
@ExtendWith(EnabledIfGearmanTool.Condition.class)
@interface EnabledIfGearmanTool {

  final class Condition extends InstalledCondition {

    /** Called by JUnit. */
    public Condition() {
      super("gearman", "package gearman-tools", Condition::isInstalled);
    }

    private static boolean isInstalled() {
      String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
      return Stream.of(path.split(":")).anyMatch(f -> Files.isExecutable(Path.of(f, "gearman")));
    }
  }
}

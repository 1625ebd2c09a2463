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
import org.junit.jupiter.api.extension.ExtendWith;

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
  final class Condition extends InstalledCondition {

    /** Called by JUnit. */
    public Condition() {
      this(GearmandProcess::isInstalled, System::getenv);
    }

    Condition(BooleanSupplier installed, UnaryOperator<@Nullable String> environment) {
      super("gearmand", "package gearman-job-server", installed, environment);
    }
  }
}

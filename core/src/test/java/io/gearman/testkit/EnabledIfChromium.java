// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * For tests in {@link Chromium}. Where it is not installed they are skipped, except if the
 * environment variable {@code CI} is {@code true}: then its absence fails the test class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EnabledIfChromium.Condition.class)
public @interface EnabledIfChromium {

  /** Looks for the programs and decides. */
  final class Condition extends InstalledCondition {

    /** Called by JUnit. */
    public Condition() {
      this(Chromium::isInstalled, System::getenv);
    }

    Condition(BooleanSupplier installed, UnaryOperator<@Nullable String> environment) {
      super("chromium", "packages chromium and chromium-driver", installed, environment);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * For tests that have Prometheus' own parser read a text ({@link PrometheusText}). Where it is not
 * installed they are skipped, except if the environment variable {@code CI} is {@code true}: then
 * its absence fails them.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EnabledIfPrometheusParser.Condition.class)
public @interface EnabledIfPrometheusParser {

  /** Looks for the library and decides. */
  final class Condition extends InstalledCondition {

    /** Called by JUnit. */
    public Condition() {
      super(
          "Prometheus' client library for Python",
          "package python3-prometheus-client",
          PrometheusText::isReadable);
    }
  }
}

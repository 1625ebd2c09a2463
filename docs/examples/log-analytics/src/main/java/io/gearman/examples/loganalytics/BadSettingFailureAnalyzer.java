// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Turns the start that a bad setting stopped into one sentence instead of a page of stack trace.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class BadSettingFailureAnalyzer extends AbstractFailureAnalyzer<BadSettingException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, BadSettingException cause) {
    return new FailureAnalysis(cause.getMessage(), "Correct the value or leave it out.", cause);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.slf4j.LoggerFactory;

/**
 * Prepares a run of tests before the first test class is loaded: installs the {@link LeakDetection}
 * before Netty creates a buffer, and chooses and logs the seed of the random order. To repeat an
 * order, give its seed to Maven as {@code -Djunit.jupiter.execution.order.random.seed=...}.
 */
public final class TestRun implements LauncherSessionListener {

  private static final String SEED = "junit.jupiter.execution.order.random.seed";

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    LeakDetection.install();
    if (System.getProperty(SEED) == null) {
      System.setProperty(SEED, Long.toString(System.nanoTime()));
      LoggerFactory.getLogger(TestRun.class)
          .info("Order of tests: -D{}={}", SEED, System.getProperty(SEED));
    }
  }
}

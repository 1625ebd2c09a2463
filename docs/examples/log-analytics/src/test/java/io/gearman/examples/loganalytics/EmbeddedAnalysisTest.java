// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** With the server in the process, as the demo starts by default. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedAnalysisTest implements AnalysisContract {

  private final RunningApp app = startInSmallSteps();

  @AfterAll
  void stop() {
    app.close();
  }

  @Override
  public RunningApp app() {
    return app;
  }

  @Override
  public RunningApp start(String... settings) {
    return RunningApp.start(settings);
  }
}

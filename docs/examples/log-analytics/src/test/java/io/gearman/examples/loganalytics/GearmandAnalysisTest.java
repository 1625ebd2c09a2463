// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.GearmandProcess;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** With a real gearmand. */
@EnabledIfGearmand
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GearmandAnalysisTest implements AnalysisContract {

  private final GearmandProcess gearmand = GearmandProcess.start();
  private final RunningApp app = startInSmallSteps();

  @AfterAll
  void stop() {
    app.close();
    gearmand.close();
  }

  @Override
  public RunningApp app() {
    return app;
  }

  @Override
  public RunningApp start(String... settings) {
    String[] all = Arrays.copyOf(settings, settings.length + 1);
    all[settings.length] = "--gearman.servers=" + gearmand.host() + ":" + gearmand.port();
    return RunningApp.start(all);
  }
}

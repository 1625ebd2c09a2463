// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledIfGearmanTool
class GearmandWorkToolContractTest implements WorkToolContract {

  @RegisterExtension final RunningServer server = RunningServer.gearmand();

  @Override
  public RunningServer server() {
    return server;
  }
}

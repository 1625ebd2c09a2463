// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledIfGearmanTool
class EmbeddedWorkToolContractTest implements WorkToolContract {

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  @Override
  public RunningServer server() {
    return server;
  }
}

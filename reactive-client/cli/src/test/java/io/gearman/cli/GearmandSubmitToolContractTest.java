// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledIfGearmanTool
class GearmandSubmitToolContractTest implements SubmitToolContract {

  @Order(1)
  @RegisterExtension
  final RunningServer server = RunningServer.gearmand();

  @Order(2)
  @RegisterExtension
  final ToolFunctions functions = new ToolFunctions(server);

  @Override
  public RunningServer server() {
    return server;
  }
}

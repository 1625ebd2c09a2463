// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import io.gearman.server.JobServer;
import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedServerOptionsContractTest implements OptionsContract {

  @RegisterExtension
  final RunningServer server =
      RunningServer.embedded(JobServer.create().jobRetries(2).workerWakeup(1).exceptions(true));

  @Override
  public RunningServer server() {
    return server;
  }
}

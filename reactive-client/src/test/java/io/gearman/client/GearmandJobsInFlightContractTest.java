// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledIfGearmand
class GearmandJobsInFlightContractTest implements JobsInFlightContract {

  @RegisterExtension final RunningServer server = RunningServer.gearmand();

  @Override
  public RunningServer server() {
    return server;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedJobsInFlightContractTest implements JobsInFlightContract {

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  @Override
  public RunningServer server() {
    return server;
  }
}

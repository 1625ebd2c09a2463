// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedAdminContractTest implements AdminContract {

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  @Override
  public RunningServer server() {
    return server;
  }
}

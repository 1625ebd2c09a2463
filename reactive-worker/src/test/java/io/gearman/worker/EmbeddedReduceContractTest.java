// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedReduceContractTest extends ReduceContract {

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  @Override
  RunningServer server() {
    return server;
  }
}

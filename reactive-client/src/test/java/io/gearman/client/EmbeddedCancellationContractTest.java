// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedCancellationContractTest extends CancellationContract {

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  @Override
  RunningServer server() {
    return server;
  }
}

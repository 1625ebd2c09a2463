// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledIfGearmand
class GearmandCancellationContractTest extends CancellationContract {

  @RegisterExtension final RunningServer server = RunningServer.gearmand();

  @Override
  RunningServer server() {
    return server;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.StruckServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledIfGearmand
class GearmandWorkerFaultTest extends WorkerFaultMatrix {

  @RegisterExtension static final StruckServer SERVER = StruckServer.gearmand(STALL);

  @Override
  StruckServer server() {
    return SERVER;
  }
}

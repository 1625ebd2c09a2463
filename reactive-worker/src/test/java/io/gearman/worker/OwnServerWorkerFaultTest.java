// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.testkit.StruckServer;
import org.junit.jupiter.api.extension.RegisterExtension;

class OwnServerWorkerFaultTest extends WorkerFaultMatrix {

  @RegisterExtension static final StruckServer SERVER = StruckServer.ours(STALL);

  @Override
  StruckServer server() {
    return SERVER;
  }
}

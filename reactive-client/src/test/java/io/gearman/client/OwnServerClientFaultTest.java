// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.testkit.StruckServer;
import org.junit.jupiter.api.extension.RegisterExtension;

class OwnServerClientFaultTest extends ClientFaultMatrix {

  @RegisterExtension static final StruckServer SERVER = StruckServer.ours(STALL);

  @Override
  StruckServer server() {
    return SERVER;
  }
}

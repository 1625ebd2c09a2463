// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import io.gearman.server.JobServer;
import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.netty.resources.LoopResources;

/** Connections on event loops of their own: everything crosses to the broker's and back. */
class EmbeddedServerOnManyLoopsContractTest implements JobServerContract {

  private static final LoopResources LOOPS = LoopResources.create("connections", 3, true);

  @RegisterExtension
  final RunningServer server =
      RunningServer.embedded(JobServer.create().tcp(tcp -> tcp.runOn(LOOPS)));

  @Override
  public RunningServer server() {
    return server;
  }

  @AfterAll
  static void disposeOfLoops() {
    LOOPS.dispose();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.PeerProcess;
import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedServerPeersTest implements PeersContract {

  @Order(1)
  @RegisterExtension
  static final RunningServer SERVER = RunningServer.embedded();

  @Order(2)
  @RegisterExtension
  static final Peers PEERS = new Peers(SERVER);

  /** It hangs on gearmand 1.1.20, whose WORK_FAIL then has a NUL behind the handle. */
  @ForPeers(value = Scenario.EXCEPTION, as = Role.WORKER)
  void anExceptionIsAFailureForTheCommandWhichDoesNotAskForThem(Peer worker) {
    PeerProcess client =
        PEERS.client(
            Peer.COMMAND, "call", Peers.function(worker, "exception"), "work", "", "normal");
    assertThat(client.awaitEnd()).as("%s", client).containsExactly("Job failed");
  }

  @Override
  public RunningServer server() {
    return SERVER;
  }

  @Override
  public Peers peers() {
    return PEERS;
  }
}

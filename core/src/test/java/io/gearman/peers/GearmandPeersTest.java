// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledIfGearmand
class GearmandPeersTest implements PeersContract {

  @Order(1)
  @RegisterExtension
  static final RunningServer SERVER = RunningServer.gearmand();

  @Order(2)
  @RegisterExtension
  static final Peers PEERS = new Peers(SERVER);

  @Override
  public RunningServer server() {
    return SERVER;
  }

  @Override
  public Peers peers() {
    return PEERS;
  }
}

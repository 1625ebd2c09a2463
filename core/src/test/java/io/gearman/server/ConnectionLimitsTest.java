// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.server.RecordingOutlet.response;

import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is let in, on sockets. */
class ConnectionLimitsTest {

  private static final int FLOOD = 200;

  private static void isServed(WireClient client) {
    client.request(ECHO_REQ, "x").expect(response(ECHO_RES, "x"));
  }

  private static void oneTooManyIsClosed(RunningServer server) {
    WireClient one = server.connect();
    WireClient other = server.connect();
    isServed(one);
    isServed(other);
    for (int i = 0; i < FLOOD; i++) {
      server.connect().expectClosed();
    }
    isServed(one);
    one.close();
    while (other.command("workers").receiveUntil(".").size() > 1) {
      isServed(other);
    }
    isServed(server.connect());
  }

  @Nested
  class Altogether {
    @RegisterExtension
    final RunningServer server = RunningServer.embedded(JobServer.create().maxConnections(2));

    @Test
    void oneTooManyIsClosedAndOthersAreServed() {
      oneTooManyIsClosed(server);
    }
  }

  @Nested
  class OfOneAddress {
    @RegisterExtension
    final RunningServer server =
        RunningServer.embedded(JobServer.create().maxConnectionsPerAddress(2));

    @Test
    void oneTooManyIsClosedAndOthersAreServed() {
      oneTooManyIsClosed(server);
    }
  }
}

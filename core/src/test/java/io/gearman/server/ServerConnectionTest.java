// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a connection tells the broker of its socket. */
class ServerConnectionTest extends BrokerFixture {

  private static EmbeddedChannel channelFrom(String address) {
    return new EmbeddedChannel() {
      @Override
      protected SocketAddress remoteAddress0() {
        return new InetSocketAddress(address, 12345);
      }
    };
  }

  @Test
  void peersOfIpVersion6AreShownWithTheirAddresses() { // SE-25
    EmbeddedChannel channel = channelFrom("2001:db8::17");
    channel
        .pipeline()
        .addLast(
            new ServerConnection(
                channel,
                broker,
                channel.eventLoop(),
                Duration.ofHours(1),
                new Traffic(),
                Permissions.ALL));
    assertThat(connect().says("workers")).contains("1 2001:db8:0:0:0:0:0:17 - :\n");
    channel.finishAndReleaseAll();
    assertThat(connect().says("workers")).doesNotContain("2001");
  }
}

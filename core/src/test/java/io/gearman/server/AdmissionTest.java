// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.LogRecorder;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.Test;
import reactor.netty.ConnectionObserver;

/** Who is let in, without sockets. */
class AdmissionTest {

  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private final Traffic traffic = new Traffic();

  private static EmbeddedChannel arrive(Admission admission, String address) {
    EmbeddedChannel channel =
        new EmbeddedChannel() {
          @Override
          protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(address, 12345);
          }
        };
    admission.onChannelInit(ConnectionObserver.emptyListener(), channel, null);
    return channel;
  }

  @Test
  void oneTooManyIsClosedUntilAnotherLeaves() {
    Admission admission = new Admission(traffic, 2, NO_LIMIT);
    EmbeddedChannel first = arrive(admission, "10.0.0.1");
    EmbeddedChannel second = arrive(admission, "10.0.0.2");
    assertThat(arrive(admission, "10.0.0.3").isOpen()).isFalse();
    assertThat(arrive(admission, "10.0.0.3").isOpen()).isFalse();
    assertThat(first.isOpen() && second.isOpen()).isTrue();
    assertThat(traffic.departed()).containsEntry(Departure.REFUSED, 2L);
    first.close();
    assertThat(arrive(admission, "10.0.0.3").isOpen()).isTrue();
    assertThat(arrive(admission, "10.0.0.3").isOpen()).isFalse();
  }

  @Test
  void oneTooManyOfAnAddressIsClosedAndNoOther() {
    Admission admission = new Admission(traffic, NO_LIMIT, 1);
    EmbeddedChannel first = arrive(admission, "10.0.0.1");
    assertThat(arrive(admission, "10.0.0.1").isOpen()).isFalse();
    assertThat(arrive(admission, "2001:db8::1").isOpen()).isTrue();
    assertThat(arrive(admission, "2001:db8::1").isOpen()).isFalse();
    first.close();
    assertThat(arrive(admission, "10.0.0.1").isOpen()).isTrue();
    assertThat(arrive(admission, "10.0.0.1").isOpen()).isFalse();
  }

  @Test
  void whoIsRefusedForItsAddressTakesNoPlace() {
    Admission admission = new Admission(traffic, 2, 1);
    arrive(admission, "10.0.0.1");
    arrive(admission, "10.0.0.1");
    arrive(admission, "10.0.0.1");
    assertThat(arrive(admission, "10.0.0.2").isOpen()).isTrue();
  }

  @Test
  void aFloodIsToldOfOnce() {
    Admission admission = new Admission(traffic, 1, NO_LIMIT);
    arrive(admission, "10.0.0.1");
    try (LogRecorder log = new LogRecorder(JobServer.class.getName())) {
      for (int i = 0; i < 1_000; i++) {
        arrive(admission, "10.0.0.9");
      }
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARN Refused a connection from ")
          .contains("10.0.0.9", "there are 1 already (maxConnections)");
    }
    assertThat(traffic.departed()).containsEntry(Departure.REFUSED, 1_000L);
  }
}

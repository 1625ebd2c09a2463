// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.transport.KeepAlive;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

class TcpOptionsTest {

  private static final KeepAlive DEFAULT = KeepAlive.defaults();

  @Test
  void backlogIsThatOfThePort() {
    TcpServer tcp = new TcpOptions(7, null, DEFAULT).apply(TcpServer.create());

    assertThat(tcp.configuration().options().get(ChannelOption.SO_BACKLOG)).isEqualTo(7);
  }

  @Test
  void threadsAreLoopsOfTheirOwn() {
    TcpServer tcp = new TcpOptions(null, 2, DEFAULT).apply(TcpServer.create());

    LoopResources loops = tcp.configuration().loopResources();
    assertThat(loops).isNotSameAs(TcpServer.create().configuration().loopResources());
    assertThat(loops.toString()).contains("gearman-connections").contains("2");
    loops.dispose();
  }

  @Test
  void whatIsNotGivenIsNotTouched() {
    TcpServer before = TcpServer.create();
    TcpServer tcp = new TcpOptions(null, null, DEFAULT).apply(before);

    assertThat(tcp.configuration().options()).isEqualTo(before.configuration().options());
    assertThat(tcp.configuration().loopResources())
        .isSameAs(before.configuration().loopResources());
  }
}

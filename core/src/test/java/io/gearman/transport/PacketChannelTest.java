// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacketChannelTest {

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final PacketChannel<RecordingListener> packets =
      new PacketChannel<>(channel, new ServerAddress("here", 4730), 1_000, RecordingListener::new);

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void theSocketIsReadUnlessTheSessionSaysOtherwise() {
    assertThat(channel.config().isAutoRead()).isTrue();
    packets.setReading(false);
    assertThat(channel.config().isAutoRead()).isFalse();
    packets.setReading(true);
    assertThat(channel.config().isAutoRead()).isTrue();
  }
}

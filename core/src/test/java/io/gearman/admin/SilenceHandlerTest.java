// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.timeout.ReadTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SilenceHandlerTest {

  private final EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void begin() {
    channel.freezeTime();
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(new SilenceHandler(Duration.ofSeconds(10)));
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void silenceIsAnError() {
    channel.config().setAutoRead(true);
    pass(10_000);
    assertThatThrownBy(channel::checkException).isInstanceOf(ReadTimeoutException.class);
  }

  @Test
  void silenceIsBornForItsTime() {
    channel.config().setAutoRead(true);
    pass(9_999);
    assertThatCode(channel::checkException).doesNotThrowAnyException();
  }

  @Test
  void whatComesBeginsTheTimeAnew() {
    channel.config().setAutoRead(true);
    pass(9_999);
    channel.writeInbound("something");
    pass(9_999);
    assertThatCode(channel::checkException).doesNotThrowAnyException();
  }

  @Test
  void silenceAfterSomethingIsAnErrorToo() {
    channel.config().setAutoRead(true);
    channel.writeInbound("something");
    pass(10_000);
    assertThatThrownBy(channel::checkException).isInstanceOf(ReadTimeoutException.class);
  }

  @Test
  void whoDoesNotReadHearsNoSilence() {
    pass(60_000);
    assertThatCode(channel::checkException).doesNotThrowAnyException();
  }

  @Test
  void whoNoLongerReadsHearsNoSilence() {
    channel.config().setAutoRead(true);
    channel.config().setAutoRead(false);
    pass(60_000);
    assertThatCode(channel::checkException).doesNotThrowAnyException();
  }

  @Test
  void whoReadsAgainHearsSilence() {
    channel.config().setAutoRead(true);
    channel.config().setAutoRead(false);
    pass(60_000);
    channel.config().setAutoRead(true);
    pass(10_000);
    assertThatThrownBy(channel::checkException).isInstanceOf(ReadTimeoutException.class);
  }

  private void pass(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }
}

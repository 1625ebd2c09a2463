// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.client.SessionFixture.handle;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

class CancellationsTest {

  private final List<Sinks.Empty<Void>> sent = new ArrayList<>();
  private final Cancellations cancellations =
      new Cancellations(
          handle -> {
            Sinks.Empty<Void> answer = Sinks.empty();
            sent.add(answer);
            return answer.asMono();
          },
          Runnable::run);

  @Test
  void fewAreSentAtOnceAndTheOthersAsThoseEnd() {
    for (int i = 0; i < 10; i++) {
      cancellations.add(handle("H:" + i));
    }
    assertThat(sent).hasSize(Cancellations.AT_ONCE);
    sent.get(0).tryEmitEmpty();
    sent.get(1).tryEmitError(new IllegalStateException("unknown job"));
    assertThat(sent).hasSize(Cancellations.AT_ONCE + 2);
  }

  @Test
  void thoseThatWaitAreLeftWhenTheConnectionIsLost() {
    for (int i = 0; i < 10; i++) {
      cancellations.add(handle("H:" + i));
    }
    cancellations.clear();
    sent.get(0).tryEmitEmpty();
    assertThat(sent).hasSize(Cancellations.AT_ONCE);
  }

  @Test
  void thoseWhoFindNoRoomAreLeft() {
    for (int i = 0; i < Cancellations.MAX_WAITING + 100; i++) {
      cancellations.add(handle("H:" + i));
    }
    for (int i = 0; i < sent.size(); i++) {
      sent.get(i).tryEmitEmpty();
    }
    assertThat(sent).hasSize(Cancellations.MAX_WAITING + Cancellations.AT_ONCE);
  }
}

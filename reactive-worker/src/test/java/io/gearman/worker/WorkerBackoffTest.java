// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The pauses between attempts to connect, in virtual time: no attempt gets as far as a socket. */
class WorkerBackoffTest {

  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 30_000;

  private final List<Long> attempts = new ArrayList<>();
  private VirtualTimeScheduler time;
  private Disposable running;

  @BeforeEach
  void work() {
    time = VirtualTimeScheduler.getOrSet();
    running =
        GearmanWorker.builder(new ServerAddress("nowhere", 4730))
            .function("f", job -> Mono.empty())
            .connection(
                ConnectionSettings.defaults().withTcp(tcp -> tcp.remoteAddress(this::noAddress)))
            .build()
            .run()
            .subscribe();
  }

  @AfterEach
  void stop() {
    running.dispose();
    VirtualTimeScheduler.reset();
  }

  private SocketAddress noAddress() {
    attempts.add(time.now(TimeUnit.MILLISECONDS));
    throw new IllegalStateException("No address");
  }

  private List<Long> pauses() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 1; i < attempts.size(); i++) {
      pauses.add(attempts.get(i) - attempts.get(i - 1));
    }
    return pauses;
  }

  @Test
  void theFirstAttemptIsMadeAtOnce() {
    assertThat(attempts).containsExactly(0L);
  }

  @Test
  void pausesBeginShortAndGrowToHalfAMinuteWithSomeJitter() {
    time.advanceTimeBy(Duration.ofMinutes(15));
    List<Long> pauses = pauses();
    for (int i = 0; i < pauses.size(); i++) {
      long middle = Math.min(FIRST_MILLIS << Math.min(i, 20), LONGEST_MILLIS);
      assertThat(pauses.get(i))
          .as("pause " + i)
          .isBetween(
              Math.max(FIRST_MILLIS, middle / 2), Math.min(LONGEST_MILLIS, middle + middle / 2));
    }
    assertThat(pauses.stream().distinct().count()).isGreaterThan(pauses.size() / 2);
  }

  @Test
  void aWorkerNeverGivesUp() {
    time.advanceTimeBy(Duration.ofMinutes(20));
    int before = attempts.size();
    time.advanceTimeBy(Duration.ofMillis(LONGEST_MILLIS));
    assertThat(attempts).hasSizeGreaterThan(before);
    assertThat(running.isDisposed()).isFalse();
  }

  @Test
  void cancellingEndsTheAttempts() {
    running.dispose();
    time.advanceTimeBy(Duration.ofMinutes(15));
    assertThat(attempts).hasSize(1);
  }
}

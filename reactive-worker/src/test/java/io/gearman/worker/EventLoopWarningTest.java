// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobUpdate;
import io.gearman.testkit.LogRecorder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Functions that keep the event loop. */
class EventLoopWarningTest extends SessionFixture {

  private static final Duration LONG = WorkerFunction.BLOCKING.plusMillis(10);

  private final LogRecorder log = new LogRecorder(GearmanWorker.class.getName());

  @AfterEach
  void close() {
    log.close();
  }

  /** Not by waiting, which BlockHound would not let it. */
  private static void keepTheThread() {
    long end = System.nanoTime() + LONG.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private List<String> warnings() {
    return log.lines().stream().filter(line -> line.contains("event loop")).toList();
  }

  private static Mono<JobUpdate> slow(Job job) {
    keepTheThread();
    return Mono.empty();
  }

  @Test
  void aFunctionThatTakesLongToReturnIsNamed() {
    answer(EventLoopWarningTest::slow);
    assertThat(warnings())
        .singleElement()
        .asString()
        .startsWith("WARN Function f kept the event loop for ")
        .contains("no more than 50 ms");
  }

  @Test
  void aPublisherThatTakesLongIsNamed() {
    answerOf(Mono.fromRunnable(EventLoopWarningTest::keepTheThread));
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void aPublisherThatTakesLongLaterIsNamed() {
    work(
        1,
        job ->
            Flux.<JobUpdate, Integer>generate(
                () -> 0,
                (i, sink) -> {
                  if (i == 1) {
                    keepTheThread();
                  }
                  connection.writable(false);
                  sink.next(data("part"));
                  return i + 1;
                }));
    assign(HANDLE);
    assertThat(warnings()).isEmpty();
    connection.writable(true);
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void itIsNamedOnceAMinute() {
    work(1, EventLoopWarningTest::slow);
    assign("H:1");
    assign("H:2");
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void onesThatAreQuickAreNotNamed() {
    answer(job -> Mono.empty());
    assertThat(warnings()).isEmpty();
  }
}

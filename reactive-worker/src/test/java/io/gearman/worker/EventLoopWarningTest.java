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

  private long now; // ns
  private final LogRecorder log = new LogRecorder(GearmanWorker.class.getName());

  @AfterEach
  void close() {
    log.close();
  }

  private void keepTheThread() {
    now += LONG.toNanos();
  }

  private void begin(JobFunction function) {
    Lane lane =
        new Lane(new Slots(1), 1)
            .add(new WorkerFunction("f", function, Duration.ZERO, false, () -> now));
    WorkerSession session = connection.open(opened -> new WorkerSession(opened, lane));
    session.register("", PATIENCE).subscribe();
    connection.receive(PLAIN);
  }

  private List<String> warnings() {
    return log.lines().stream().filter(line -> line.contains("event loop")).toList();
  }

  private Mono<JobUpdate> slow(Job job) {
    keepTheThread();
    return Mono.empty();
  }

  @Test
  void aFunctionThatTakesLongToReturnIsNamed() {
    begin(this::slow);
    assign(HANDLE);
    assertThat(warnings())
        .singleElement()
        .asString()
        .startsWith("WARN Function f kept the event loop for ")
        .contains("no more than 50 ms");
  }

  @Test
  void aPublisherThatTakesLongIsNamed() {
    begin(job -> Mono.fromRunnable(this::keepTheThread));
    assign(HANDLE);
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void aPublisherThatTakesLongLaterIsNamed() {
    begin(
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
    begin(this::slow);
    assign("H:1");
    assign("H:2");
    assertThat(warnings()).hasSize(1);
    now += Duration.ofMinutes(1).toNanos();
    assign("H:3");
    assertThat(warnings()).hasSize(2);
  }

  @Test
  void onesThatAreQuickAreNotNamed() {
    begin(job -> Mono.empty());
    assign(HANDLE);
    assertThat(warnings()).isEmpty();
  }
}

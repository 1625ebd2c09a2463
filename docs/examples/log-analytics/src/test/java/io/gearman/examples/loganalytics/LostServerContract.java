// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Three servers, of which some are killed while a log is analysed over all of them. */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
abstract class LostServerContract {

  /** A server that can be killed. */
  interface Server extends AutoCloseable {

    String address();

    void kill();

    @Override
    void close();
  }

  private final byte[] log = AccessLog.read();
  private final Report expected = AccessLog.count(log);

  private final List<Server> servers = new ArrayList<>();

  abstract Server startServer();

  @BeforeEach
  void startThree() {
    for (int i = 0; i < 3; i++) {
      servers.add(startServer());
    }
  }

  @AfterEach
  void stop() {
    servers.forEach(Server::close);
  }

  private RunningApp startApp() {
    return RunningApp.start(
        "--gearman.servers="
            + servers.stream().map(Server::address).collect(Collectors.joining(",")),
        "--analysis.block-size=16KB",
        "--analysis.blocks-in-flight=12",
        "--analysis.lines-per-partial=10",
        "--analysis.emit-every=10ms");
  }

  @Test
  void anAnalysisGoesOnWhenOneIsKilled() {
    try (RunningApp app = startApp()) {
      assertThat(analyse(app, servers.subList(0, 1))).isEqualTo(expected);
    }
  }

  @Test
  void anAnalysisGoesOnWhenOneIsLeft() {
    try (RunningApp app = startApp()) {
      assertThat(analyse(app, servers.subList(1, 3))).isEqualTo(expected);
    }
  }

  @Test
  void anAnalysisBeginsWhenOneWasKilledBefore() {
    try (RunningApp app = startApp()) {
      servers.get(0).kill();
      assertThat(app.analyse(log).result()).isEqualTo(expected);
    }
  }

  /** Reads slowly, so that all servers have jobs, until the first counts; then they are killed. */
  private Report analyse(RunningApp app, List<Server> doomed) {
    PageReader page = new PageReader(app);
    AtomicBoolean killed = new AtomicBoolean();
    List<StreamEvent> events =
        page.reading(log, "?itemsPerSecond=1000")
            .concatMap(
                event ->
                    event.name().equals("partial") && killed.compareAndSet(false, true)
                        ? kill(doomed).thenReturn(event)
                        : Mono.just(event))
            .collectList()
            .block(RunningApp.PATIENCE);
    assertThat(killed).isTrue();
    return events.get(events.size() - 1).asReport("result");
  }

  private static Mono<Void> kill(List<Server> doomed) {
    return Mono.<Void>fromRunnable(() -> doomed.forEach(Server::kill))
        .subscribeOn(Schedulers.boundedElastic());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CANT_DO;
import static io.gearman.protocol.PacketType.CAN_DO_TIMEOUT;
import static io.gearman.protocol.PacketType.RESET_ABILITIES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How often a job is run that no worker brings to an end. */
class BrokerRetriesTest {

  private static BrokerFixture broker(int retries) {
    return new BrokerFixture(new ServerSettings().with(settings -> settings.jobRetries = retries));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 2", "30, 30"})
  void theNumberIsThatOfRuns(int retries, int runs) {
    BrokerFixture broker = broker(retries);
    BrokerFixture.Connection client = broker.connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "1");
    for (int run = 1; run <= runs; run++) {
      client.hearsNothing();
      BrokerFixture.Connection worker = broker.worker("f");
      worker.grabs();
      worker.leaves();
    }
    client.hears(WORK_FAIL, handle);
    assertThat(client.says("status")).isEqualTo("f\t0\t0\t0\n.\n");
  }

  @Test
  void withoutALimitAJobIsRunUntilItEnds() {
    BrokerFixture broker = broker(ServerSettings.UNLIMITED);
    BrokerFixture.Connection client = broker.connect();
    client.submits(SUBMIT_JOB, "f", "", "1");
    for (int run = 1; run <= 300; run++) {
      BrokerFixture.Connection worker = broker.worker("f");
      worker.grabs();
      worker.leaves();
    }
    client.hearsNothing();
    assertThat(client.says("show jobs")).isEqualTo("H:test:1:1\t300\t0\t0\n.\n");
  }

  static Stream<Arguments> waysToLoseAWorker() {
    return Stream.of(
        way("leaves", (broker, worker) -> worker.leaves()),
        way("gives up the function", (broker, worker) -> worker.sends(CANT_DO, "f")),
        way("gives up all functions", (broker, worker) -> worker.sends(RESET_ABILITIES)),
        way("takes too long", (broker, worker) -> broker.time.advanceTimeBy(Duration.ofHours(1))));
  }

  private static Arguments way(
      String name, BiConsumer<BrokerFixture, BrokerFixture.Connection> way) {
    return Arguments.of(name, way);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waysToLoseAWorker")
  void everyLossOfAWorkerCounts(
      String name, BiConsumer<BrokerFixture, BrokerFixture.Connection> way) {
    BrokerFixture broker = broker(1);
    BrokerFixture.Connection client = broker.connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "1");
    BrokerFixture.Connection worker = broker.connect().sends(CAN_DO_TIMEOUT, "f", "1000");
    worker.grabs();
    way.accept(broker, worker);
    client.hears(WORK_FAIL, handle);
  }

  @Test
  void aBackgroundJobThatWasRunOftenEnoughIsGone() {
    BrokerFixture broker = broker(1);
    broker.connect().submits(SUBMIT_JOB_BG, "f", "", "1");
    BrokerFixture.Connection worker = broker.worker("f");
    worker.grabs();
    worker.leaves();
    assertThat(broker.connect().says("status")).isEqualTo("f\t0\t0\t0\n.\n");
  }

  @Test
  void aJobThatItsWorkerFailsIsNotRunAgain() {
    BrokerFixture broker = broker(10);
    BrokerFixture.Connection client = broker.connect();
    String handle = client.submits(SUBMIT_JOB, "f", "", "1");
    BrokerFixture.Connection worker = broker.worker("f");
    worker.grabs();
    worker.sends(WORK_FAIL, handle);
    client.hears(WORK_FAIL, handle);
    assertThat(client.says("status")).isEqualTo("f\t0\t0\t1\n.\n");
  }
}

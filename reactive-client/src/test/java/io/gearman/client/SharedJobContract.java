// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.protocol.Packet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.subscriber.TestSubscriber;

/** What holds for submissions of one unique id on one connection, however the server counts. */
abstract class SharedJobContract extends SessionFixture {

  static final JobRequest SHARED = JOB.withUnique("u");

  static final JobEvent[] ALL = {
    created(HANDLE), data("1"), data("2"), completed("end"),
  };

  private static final int LONGEST_HISTORY = 8;

  /** What the server sends for two submissions that get everything. */
  abstract List<Packet> history();

  @Test
  void eachGetsEveryEventOnce() {
    TestSubscriber<JobEvent> one = submit(SHARED);
    TestSubscriber<JobEvent> other = submit(SHARED);
    history().forEach(connection::receive);
    assertThat(one.getReceivedOnNext()).containsExactly(ALL);
    assertThat(other.getReceivedOnNext()).containsExactly(ALL);
    assertThat(one.isTerminatedComplete()).isTrue();
    assertThat(other.isTerminatedComplete()).isTrue();
  }

  static Stream<Arguments> moments() {
    return IntStream.rangeClosed(0, LONGEST_HISTORY)
        .boxed()
        .flatMap(moment -> Stream.of(Arguments.of(true, moment), Arguments.of(false, moment)));
  }

  @ParameterizedTest(name = "the first one leaves: {0}, after {1} packets")
  @MethodSource("moments")
  void whoStaysGetsEveryEventOnceWheneverTheOtherLeaves(boolean firstLeaves, int after) {
    int moment = Math.min(after, history().size());
    TestSubscriber<JobEvent> one = submit(SHARED);
    TestSubscriber<JobEvent> other = submit(SHARED);
    TestSubscriber<JobEvent> leaving = firstLeaves ? one : other;
    TestSubscriber<JobEvent> staying = firstLeaves ? other : one;
    history().subList(0, moment).forEach(connection::receive);
    List<JobEvent> before = List.copyOf(leaving.getReceivedOnNext());
    leaving.cancel();
    history().subList(moment, history().size()).forEach(connection::receive);
    assertThat(staying.getReceivedOnNext()).containsExactly(ALL);
    assertThat(staying.isTerminatedComplete()).isTrue();
    assertThat(leaving.getReceivedOnNext()).isEqualTo(before);
  }

  @Test
  void eachHearsOfTheLoss() {
    TestSubscriber<JobEvent> one = submit(SHARED);
    TestSubscriber<JobEvent> other = submit(SHARED);
    history().subList(0, 2).forEach(connection::receive);
    connection.close(null);
    assertThat(one.isTerminatedError()).isTrue();
    assertThat(other.isTerminatedError()).isTrue();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

class FirstDemandTest {

  private final List<String> asked = new ArrayList<>();
  private final FirstDemand events = new FirstDemand(source("all"), source("some"));

  private Flux<JobEvent> source(String name) {
    return Flux.just(SessionFixture.data("1"), SessionFixture.data("2"))
        .doOnRequest(n -> asked.add(name + " " + n))
        .doOnCancel(() -> asked.add(name + " cancelled"));
  }

  private TestSubscriber<JobEvent> subscribe(long demand) {
    return SessionFixture.subscribe(events, demand);
  }

  @Test
  void nothingIsAskedBeforeTheFirstDemand() {
    subscribe(0);
    assertThat(asked).isEmpty();
  }

  @Test
  void whoAsksForEverythingGetsTheOneSource() {
    assertThat(subscribe(Long.MAX_VALUE).isTerminatedComplete()).isTrue();
    assertThat(asked).containsExactly("all " + Long.MAX_VALUE);
  }

  @Test
  void whoAsksForSomeGetsTheOtherAndStaysWithIt() {
    TestSubscriber<JobEvent> subscriber = subscribe(1);
    subscriber.request(Long.MAX_VALUE);
    assertThat(subscriber.getReceivedOnNext()).hasSize(2);
    assertThat(asked).containsExactly("some 1", "some " + Long.MAX_VALUE);
  }

  @Test
  void cancellingReachesTheSource() {
    subscribe(1).cancel();
    assertThat(asked).containsExactly("some 1", "some cancelled");
  }

  @Test
  void whoCancelledFirstGetsNoSource() {
    TestSubscriber<JobEvent> subscriber = subscribe(0);
    subscriber.cancel();
    subscriber.request(1);
    assertThat(asked).isEmpty();
  }

  /** An operator that waits for its source passes on early demand while more comes. */
  @Test
  void demandFromTwoThreadsChoosesOnce() {
    AtomicInteger chosen = new AtomicInteger();
    Flux<JobEvent> source =
        Flux.<JobEvent>never().doOnSubscribe(subscription -> chosen.incrementAndGet());
    Mono<Void> race =
        Mono.defer(
            () -> {
              TestSubscriber<JobEvent> subscriber =
                  SessionFixture.subscribe(new FirstDemand(source, source), 0);
              Mono<Void> demand =
                  Mono.<Void>fromRunnable(() -> subscriber.request(1))
                      .subscribeOn(Schedulers.parallel());
              return Mono.when(demand, demand);
            });
    int races = 20_000;
    race.repeat(races - 1).blockLast();
    assertThat(chosen).hasValue(races);
  }
}

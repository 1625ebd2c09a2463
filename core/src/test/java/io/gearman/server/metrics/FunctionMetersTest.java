// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.Priority;
import io.gearman.server.Outcome;
import io.gearman.server.ServerSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FunctionMetersTest {

  private static final Duration NONE = Duration.ZERO;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FunctionMeters functions = functions(2);

  private FunctionMeters functions(int max) {
    return new FunctionMeters(registry, Tags.empty(), max);
  }

  private static ServerSnapshot.Function function(String name, int waiting, Duration oldest) {
    Map<Priority, ServerSnapshot.Queue> queues =
        Map.of(
            Priority.HIGH, new ServerSnapshot.Queue(0, NONE),
            Priority.NORMAL, new ServerSnapshot.Queue(waiting, oldest),
            Priority.LOW, new ServerSnapshot.Queue(0, NONE));
    return new ServerSnapshot.Function(name, queues, 1, 2, 7, 3, 0, 0, 0, Map.of());
  }

  private void show(String... names) {
    functions.show(Stream.of(names).map(name -> function(name, 1, NONE)).toList());
  }

  private Search meters(String name) {
    return registry.find(name);
  }

  private double submitted(String function) {
    Counter counter = meters("gearman.jobs.submitted").tag("function", function).counter();
    assertThat(counter).as(function).isNotNull();
    return counter.count();
  }

  private double waiting(String function) {
    return meters("gearman.jobs.waiting")
        .tags("function", function, "priority", "normal")
        .gauge()
        .value();
  }

  private Set<String> tags() {
    return registry.getMeters().stream()
        .map(meter -> meter.getId().getTag("function"))
        .collect(Collectors.toSet());
  }

  @Test
  void theFirstThatAreNamedHaveMetersOfTheirOwn() {
    for (String name : List.of("a", "b", "c", "d", "a", "c")) {
      functions.of(name).submitted.increment();
    }

    assertThat(tags()).containsExactlyInAnyOrder("a", "b", "(others)");
    assertThat(submitted("a")).isEqualTo(2);
    assertThat(submitted("b")).isEqualTo(1);
    assertThat(submitted("(others)")).isEqualTo(3);
  }

  @Test
  void thoseThatOnlyWaitAreNamedToo() {
    show("a", "b", "c", "d");

    assertThat(waiting("a")).isEqualTo(1);
    assertThat(waiting("(others)")).isEqualTo(2);
  }

  @Test
  void aFunctionThatIsGoneMakesRoom() {
    show("a", "b", "c");
    functions.of("a").submitted.increment();
    show("b", "c");

    assertThat(tags()).containsExactlyInAnyOrder("b", "c", "(others)");
    assertThat(waiting("c")).isEqualTo(1);
    assertThat(waiting("(others)")).isZero();
  }

  @Test
  void aFunctionThatIsNamedAgainAfterALookBeginsAnew() {
    show("a");
    functions.of("a").submitted.increment();
    show();
    assertThat(registry.getMeters()).isEmpty();
    show("a");

    assertThat(submitted("a")).isZero();
  }

  @Test
  void aFunctionThatIsDroppedAndNamedAgainBetweenTwoLooksGoesOn() {
    show("a");
    functions.of("a").submitted.increment();
    functions.of("a").submitted.increment(); // the server counts anew, and this is the first
    show("a");

    assertThat(submitted("a")).isEqualTo(2);
  }

  @Test
  void countsOfAllOthersOutliveThem() {
    show("a", "b", "c");
    functions.of("c").submitted.increment();
    show("a", "b");
    show("a", "b", "d");

    assertThat(submitted("(others)")).isEqualTo(1);
  }

  @Test
  void aRealFunctionOfThatNameIsNotTakenForAllOthers() {
    functions.of("(others)").submitted.increment();
    show("(others)", "b", "c");

    assertThat(tags()).containsExactlyInAnyOrder("((others)", "b", "(others)");
    assertThat(submitted("((others)")).isEqualTo(1);
    assertThat(submitted("(others)")).isZero();
  }

  @Test
  void functionsThatLookTheSameAreShownAsOne() {
    functions.of("f\u0001").submitted.increment();
    functions.of("f\u0002").submitted.increment();
    functions.show(
        List.of(
            function("f\u0001", 4, Duration.ofSeconds(9)),
            function("f\u0002", 5, Duration.ofSeconds(3))));

    assertThat(tags()).containsExactly("f_");
    assertThat(submitted("f_")).isEqualTo(2);
    assertThat(waiting("f_")).isEqualTo(9);
    assertThat(
            meters("gearman.jobs.oldest.wait").tag("priority", "normal").timeGauge().value(SECONDS))
        .isEqualTo(9);
  }

  @Test
  void theirMetersStayAsLongAsOneOfThem() {
    show("f\u0001", "f\u0002");
    show("f\u0002");
    assertThat(waiting("f_")).isEqualTo(1);
    show();

    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void everyLevelIsShown() {
    show("a");

    assertThat(meters("gearman.jobs.delayed").gauge().value()).isEqualTo(1);
    assertThat(meters("gearman.jobs.running").gauge().value()).isEqualTo(2);
    assertThat(meters("gearman.function.workers").tag("state", "idle").gauge().value())
        .isEqualTo(4);
    assertThat(meters("gearman.function.workers").tag("state", "busy").gauge().value())
        .isEqualTo(3);
  }

  @Test
  void tenThousandFunctionsHaveAsManyMetersAsAHundredAndOne() {
    FunctionMeters many = functions(100);
    int jobs = 0;
    for (int i = 0; i < 10_000; i++) {
      JobMeters meters = many.of("f" + i);
      for (Priority priority : Priority.values()) {
        meters.submitted.increment();
        meters.started(priority, i);
        for (Outcome outcome : Outcome.values()) {
          meters.ended(priority, outcome, i);
        }
        jobs++;
      }
    }
    many.show(
        IntStream.range(0, 10_000)
            .mapToObj(i -> function("f" + i, i, Duration.ofSeconds(i)))
            .toList());

    long own = countOf("f0");
    assertThat(registry.getMeters()).hasSize((int) (101 * own));
    assertThat(sum("gearman.jobs.submitted")).isEqualTo(jobs);
    assertThat(sum("gearman.jobs.ended")).isEqualTo(5.0 * jobs);
    assertThat(meters("gearman.job.wait").timers().stream().mapToLong(t -> t.count()).sum())
        .isEqualTo(jobs);
    assertThat(meters("gearman.job.run").timers().stream().mapToLong(t -> t.count()).sum())
        .isEqualTo(5L * jobs);
    assertThat(meters("gearman.jobs.waiting").gauges().stream().mapToDouble(g -> g.value()).sum())
        .isEqualTo(10_000 * 9_999 / 2.0);
    assertThat(submitted("f99")).isEqualTo(3);
    assertThat(submitted("(others)")).isEqualTo(3 * 9_900);
  }

  private long countOf(String function) {
    return registry.getMeters().stream()
        .filter(meter -> function.equals(meter.getId().getTag("function")))
        .count();
  }

  private double sum(String name) {
    return meters(name).counters().stream().mapToDouble(Counter::count).sum();
  }

  @Test
  void withoutRoomForAnyAllAreOthers() {
    functions(0).of("a").submitted.increment();

    assertThat(tags()).containsExactly("(others)");
  }

  @Test
  void allMetersCanBeRemoved() {
    for (String name : List.of("a", "b", "c")) {
      functions.of(name).started(Priority.HIGH, 1);
      functions.of(name).ended(Priority.LOW, Outcome.FAILED, 1);
    }
    functions.remove();

    assertThat(registry.getMeters()).extracting(Meter::getId).isEmpty();
  }
}

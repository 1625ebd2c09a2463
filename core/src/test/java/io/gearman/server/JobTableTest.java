// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobTableTest {

  private static final byte[] NONE = {};

  private final FunctionQueue function = new FunctionQueue(NONE, new Ready());
  private final JobTable table = new JobTable();

  private Job job(long number) {
    return new Job(number, function, Submission.background(Priority.NORMAL, NONE, NONE, NONE));
  }

  private Job add(long number) {
    Job job = job(number);
    table.add(job);
    return job;
  }

  @Test
  void jobsAreFoundUntilTheyAreRemovedInAnyOrder() {
    Random random = new Random(1);
    Map<Long, Job> model = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      long number = random.nextInt(3_000);
      Job known = model.get(number);
      if (known == null) {
        model.put(number, add(number));
      } else {
        assertThat(table.remove(known)).isTrue();
        model.remove(number);
      }
      assertThat(table.size()).isEqualTo(model.size());
      long other = random.nextInt(3_000);
      assertThat(table.get(other)).isSameAs(model.get(other));
    }
    assertThat(table.numbers())
        .containsExactly(model.keySet().stream().mapToLong(Long::longValue).sorted().toArray());
  }

  @Test
  void aJobThatIsNotThereCannotBeRemoved() {
    Job job = add(7);
    assertThat(table.remove(job(7))).isFalse();
    assertThat(table.remove(job)).isTrue();
    assertThat(table.remove(job)).isFalse();
    assertThat(table.get(7)).isNull();
  }

  @Test
  void numbersAreAsLargeAsTheyCanBe() {
    List<Job> jobs = new ArrayList<>();
    LongStream.of(1, Long.MAX_VALUE, Long.MAX_VALUE - 16, 1L << 32).forEach(n -> jobs.add(add(n)));
    assertThat(jobs).allSatisfy(job -> assertThat(table.get(job.number)).isSameAs(job));
  }

  /** If all were in a few slots, this would take a minute. */
  @ParameterizedTest
  @ValueSource(longs = {1, 3, 16, 1_000, 1 << 10, 1 << 20})
  @Timeout(10)
  void jobsThatStayAreFoundAtOnceHoweverFarApartTheyAre(long stride) {
    int count = 200_000;
    for (long i = 0; i < count; i++) {
      add(i * stride);
    }
    long steps = 0;
    for (long i = 0; i < count; i++) {
      for (Job job = table.get(i * stride); job != null; job = job.nextInSlot) {
        steps++;
      }
    }
    assertThat(steps).isLessThan(20L * count);
  }
}

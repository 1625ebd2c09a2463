// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.time.Duration;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** Jobs that are not due yet. One alarm is set, for the first of them. */
final class Delayed {

  /** The wall clock may be set, so it is looked at now and then however far the first job is. */
  private static final long LONGEST_WAIT_MILLIS = 60_000;

  private final Clock clock;
  private final Consumer<Job> onDue;
  private final NavigableSet<Job> jobs =
      new TreeSet<>(
          Comparator.<Job>comparingLong(job -> job.due).thenComparingLong(job -> job.number));
  private @Nullable Disposable alarm;

  /**
   * @param onDue takes a job that is delayed no longer
   */
  Delayed(Clock clock, Consumer<Job> onDue) {
    this.clock = clock;
    this.onDue = onDue;
  }

  boolean isDue(long seconds) {
    return millisUntil(seconds) <= 0;
  }

  void add(Job job) {
    job.function.delayed++;
    jobs.add(job);
    if (jobs.first() == job) {
      setAlarm();
    }
  }

  /** Nothing happens if the job is not, or no longer, delayed. */
  void remove(Job job) {
    if (job.due != 0 && jobs.remove(job)) {
      job.function.delayed--;
    }
  }

  private void setAlarm() {
    if (alarm != null) {
      alarm.dispose();
      alarm = null;
    }
    if (!jobs.isEmpty()) {
      long wait = Math.min(millisUntil(jobs.first().due), LONGEST_WAIT_MILLIS);
      alarm = clock.schedule(Duration.ofMillis(Math.max(wait, 0)), this::ring);
    }
  }

  private void ring() {
    while (!jobs.isEmpty() && isDue(jobs.first().due)) {
      Job job = jobs.first();
      remove(job);
      onDue.accept(job);
    }
    setAlarm();
  }

  private long millisUntil(long seconds) {
    long far = Long.MAX_VALUE / 1_000; // beyond which milliseconds overflow
    return Math.min(seconds, far) * 1_000 - clock.millis();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Jobs by their numbers. Those in one slot are linked through the jobs themselves, so that a job
 * takes one reference here and no objects.
 *
 * <p>Sixteen numbers that follow each other have slots side by side, in one line of the processor's
 * cache. Where that is, is scattered, so that jobs that stay, such as each thousandth, are not all
 * in the same slots.
 */
final class JobTable {

  private static final int LINE_BITS = 4;
  private static final int LINE = 1 << LINE_BITS;
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L; // 2^64 / golden ratio
  private static final int FIRST_SIZE = 2 * LINE; // a power of two, as every later one

  private @Nullable Job[] slots = new @Nullable Job[FIRST_SIZE];
  private int size;

  int size() {
    return size;
  }

  @Nullable Job get(long number) {
    Job job = slots[slot(number)];
    while (job != null && job.number != number) {
      job = job.nextInSlot;
    }
    return job;
  }

  /** Adds a job whose number is not here yet. */
  void add(Job job) {
    if (size == slots.length) {
      grow();
    }
    link(job);
    size++;
  }

  /** Says whether the job was here. */
  boolean remove(Job job) {
    int slot = slot(job.number);
    Job before = null;
    Job each = slots[slot];
    while (each != null && each != job) {
      before = each;
      each = each.nextInSlot;
    }
    if (each == null) {
      return false;
    }
    if (before == null) {
      slots[slot] = job.nextInSlot;
    } else {
      before.nextInSlot = job.nextInSlot;
    }
    job.nextInSlot = null;
    size--;
    return true;
  }

  /** All numbers, the lowest first. */
  long[] numbers() {
    long[] numbers = new long[size];
    int count = 0;
    for (Job slot : slots) {
      for (Job job = slot; job != null; job = job.nextInSlot) {
        numbers[count++] = job.number;
      }
    }
    Arrays.sort(numbers);
    return numbers;
  }

  private int slot(long number) {
    int shift = Long.SIZE - Integer.numberOfTrailingZeros(slots.length >> LINE_BITS);
    int line = (int) (((number >> LINE_BITS) * GOLDEN) >>> shift);
    return (line << LINE_BITS) | ((int) number & (LINE - 1));
  }

  private void link(Job job) {
    int slot = slot(job.number);
    job.nextInSlot = slots[slot];
    slots[slot] = job;
  }

  private void grow() {
    @Nullable Job[] old = slots;
    slots = new @Nullable Job[2 * old.length];
    for (Job slot : old) {
      Job job = slot;
      while (job != null) {
        Job next = job.nextInSlot;
        link(job);
        job = next;
      }
    }
  }
}

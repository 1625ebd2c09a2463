// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.JobEvent;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far the job of a block has come. As its worker sends cumulative counts, the latest state says
 * all: the ones before it may be skipped, and a job that runs again does no harm.
 *
 * @param block the number of the block
 * @param bodyBytes how many bytes of the body the block stands for
 * @param done about how many of these its worker has done
 * @param counts the latest counts as the worker sent them, null if there are none yet
 * @param completed whether these are the counts of the whole block
 */
record BlockState(
    long block, long bodyBytes, long done, byte @Nullable [] counts, boolean completed) {

  static BlockState of(Block block) {
    return new BlockState(block.index(), block.bodyBytes(), 0, null, false);
  }

  BlockState after(JobEvent event) {
    if (event instanceof JobEvent.Data data) {
      return new BlockState(block, bodyBytes, done, data.bytes(), false);
    }
    if (event instanceof JobEvent.Status status) {
      return new BlockState(block, bodyBytes, bytesDone(status), counts, false);
    }
    if (event instanceof JobEvent.Completed end) {
      return new BlockState(block, bodyBytes, bodyBytes, end.bytes(), true);
    }
    return event instanceof JobEvent.Created || event instanceof JobEvent.Restarted
        ? new BlockState(block, bodyBytes, 0, null, false)
        : this;
  }

  /** The worker tells its steps, which are alike: so many lines each. */
  private long bytesDone(JobEvent.Status status) {
    double part = status.total() <= 0 ? 0 : (double) status.done() / status.total();
    return (long) (bodyBytes * Math.min(1, part));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockState that
        && block == that.block
        && bodyBytes == that.bodyBytes
        && done == that.done
        && completed == that.completed
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Objects.hash(block, bodyBytes, done, completed, Arrays.hashCode(counts));
  }
}

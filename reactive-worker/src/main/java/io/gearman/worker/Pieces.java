// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The pieces of an update that is larger than a packet may be, each made when it is its turn: a
 * result is data and, last, a result.
 */
final class Pieces implements Iterator<JobUpdate> {

  private final JobUpdate whole;
  private final byte[] bytes;
  private final int limit;
  private int from;

  /**
   * @param bytes those of the update, more than the limit
   * @param limit bytes of a piece at most, 1 or more
   */
  Pieces(JobUpdate whole, byte[] bytes, int limit) {
    this.whole = whole;
    this.bytes = bytes;
    this.limit = limit;
  }

  @Override
  public boolean hasNext() {
    return from < bytes.length;
  }

  @Override
  public JobUpdate next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int to = from + Math.min(limit, bytes.length - from);
    byte[] piece = Arrays.copyOfRange(bytes, from, to);
    from = to;
    if (whole instanceof JobEvent.Warning) {
      return new JobEvent.Warning(piece);
    }
    return whole instanceof JobEvent.Completed && !hasNext()
        ? new JobEvent.Completed(piece)
        : new JobEvent.Data(piece);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.util.Arrays;

/**
 * A piece of the log, small enough to be held and to be a job.
 *
 * @param index its number, from 0
 * @param lines whole lines
 * @param bodyBytes how many bytes of the body it stands for: more than it holds if there was a line
 *     too long to be held
 */
record Block(long index, byte[] lines, long bodyBytes) {

  @Override
  public boolean equals(Object other) {
    return other instanceof Block that
        && index == that.index
        && bodyBytes == that.bodyBytes
        && Arrays.equals(lines, that.lines);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(index) + Arrays.hashCode(lines);
  }

  @Override
  public String toString() {
    return "Block[" + index + ", " + lines.length + " of " + bodyBytes + " bytes]";
  }
}

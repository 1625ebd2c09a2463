// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Large data as it arrives, outside of the heap. What fills the better part of the buffer that it
 * was read into stays there, uncopied. Smaller pieces, for which it would not do to hold on to a
 * buffer each, are copied to larger ones.
 */
final class Pieces {

  private static final int LEAST_SLICE = 16 << 10;
  private static final int SMALLEST_COPY = 4 << 10;
  private static final int LARGEST_COPY = 64 << 10;

  private final ByteBufAllocator allocator;
  private final CompositeByteBuf joined;
  private @Nullable ByteBuf copy; // not full yet
  private int held;

  Pieces(ByteBufAllocator allocator) {
    this.allocator = allocator;
    this.joined = allocator.compositeDirectBuffer(Integer.MAX_VALUE);
  }

  /**
   * Takes in the next piece. A copy that was begun is filled first, so that no more than half of
   * what is held is unused.
   *
   * @param remaining bytes of the data with this piece
   * @return bytes that all of it takes, the unused parts of buffers included
   */
  int add(ByteBuf in, int length, int remaining) {
    int left = length - fill(in, length);
    while (left > 0) {
      if (left >= LEAST_SLICE && left >= in.capacity() / 2) {
        joined.addComponent(true, in.readRetainedSlice(left));
        hold(in.capacity());
        return held;
      }
      beginCopy(left, remaining - (length - left));
      left -= fill(in, left);
    }
    return held;
  }

  /** A copy is no larger than what has come before it, so that little data takes little memory. */
  private void beginCopy(int left, int remaining) {
    int arrived = joined.readableBytes() + left;
    int size = Math.max(SMALLEST_COPY, Math.min(arrived, LARGEST_COPY));
    ByteBuf to = allocator.directBuffer(Math.min(size, remaining));
    copy = to;
    hold(to.capacity());
  }

  /** Returns how many bytes the copy had room for. */
  private int fill(ByteBuf in, int most) {
    ByteBuf to = copy;
    if (to == null) {
      return 0;
    }
    int step = Math.min(most, to.writableBytes());
    to.writeBytes(in, step);
    if (!to.isWritable()) {
      seal();
    }
    return step;
  }

  private void hold(int bytes) {
    held = (int) Math.min((long) held + bytes, Integer.MAX_VALUE);
  }

  private void seal() {
    ByteBuf full = copy;
    if (full != null) {
      copy = null; // first, as it is freed if this fails
      joined.addComponent(true, full);
    }
  }

  /** All of it; the caller releases it. */
  ByteBuf joined() {
    seal();
    return joined;
  }

  void release() {
    joined().release();
  }
}

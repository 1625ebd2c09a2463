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
   * Takes in the next piece.
   *
   * @param remaining bytes of the data with this piece
   * @return bytes that all of it takes, the unused parts of buffers included
   */
  int add(ByteBuf in, int length, int remaining) {
    if (length >= LEAST_SLICE && length >= in.capacity() / 2) {
      seal();
      joined.addComponent(true, in.readRetainedSlice(length));
      hold(in.capacity());
    } else {
      copy(in, length, remaining);
    }
    return held;
  }

  /** A copy is no larger than what has come before it, so that little data takes little memory. */
  private void copy(ByteBuf in, int length, int remaining) {
    int left = length;
    while (left > 0) {
      ByteBuf to = copy;
      if (to == null) {
        int arrived = joined.readableBytes() + left;
        int size = Math.max(SMALLEST_COPY, Math.min(arrived, LARGEST_COPY));
        to = allocator.directBuffer(Math.min(size, remaining - (length - left)));
        copy = to;
        hold(to.capacity());
      }
      int step = Math.min(left, to.writableBytes());
      to.writeBytes(in, step);
      left -= step;
      if (!to.isWritable()) {
        seal();
      }
    }
  }

  private void hold(int bytes) {
    held = (int) Math.min((long) held + bytes, Integer.MAX_VALUE);
  }

  private void seal() {
    if (copy != null) {
      joined.addComponent(true, copy);
      copy = null;
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

// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of any bytes into lines. It reads no more ahead than one block. */
final class LineReader {

  private static final int BLOCK = 64 << 10;

  private final InputStream in;
  private final int longest;
  private final boolean strip;
  private final byte[] block = new byte[BLOCK];
  private int from; // what of the block is still to come
  private int to;

  /**
   * @param longest bytes of one piece; what is left of a longer line comes as the next ones
   * @param strip whether lines lose their LF
   */
  LineReader(InputStream in, int longest, boolean strip) {
    this.in = in;
    this.longest = longest;
    this.strip = strip;
  }

  /** The next line, the last one even if nothing ends it; null at the end. */
  byte @Nullable [] next() throws IOException {
    List<byte[]> parts = new ArrayList<>(1); // joined once: a line may be as large as memory allows
    int left = longest;
    int seen = from;
    while (true) {
      int end = from + Math.min(to - from, left);
      int lineFeed = lineFeed(seen, end);
      if (lineFeed >= 0) {
        parts.add(take(strip ? lineFeed : lineFeed + 1));
        from = lineFeed + 1;
        return join(parts);
      }
      if (end - from == left) {
        parts.add(take(end));
        return join(parts);
      }
      if (to == BLOCK) {
        left -= to - from;
        parts.add(take(to));
      }
      if (from == to) {
        from = 0;
        to = 0;
      }
      seen = to;
      if (!read()) {
        parts.add(take(to));
        byte[] rest = join(parts);
        return rest.length == 0 ? null : rest;
      }
    }
  }

  private int lineFeed(int first, int end) {
    for (int i = first; i < end; i++) {
      if (block[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private byte[] take(int end) {
    byte[] part = Arrays.copyOfRange(block, from, end);
    from = end;
    return part;
  }

  /** Whether there is more. */
  private boolean read() throws IOException {
    int count = in.read(block, to, BLOCK - to);
    to += Math.max(0, count);
    return count > 0;
  }

  private static byte[] join(List<byte[]> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    byte[] line = new byte[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, line, at, part.length);
      at += part.length;
    }
    return line;
  }
}

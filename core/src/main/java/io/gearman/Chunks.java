// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import reactor.core.publisher.Flux;

/**
 * Cuts bytes that come in chunks of any size into pieces of a bounded one, such as for the
 * workloads of jobs. To be used with {@link Flux#transform}.
 *
 * <p>Each subscription cuts for itself. The next chunk is asked for when the pieces of the last one
 * have been taken, and one is asked for ahead. No more is held than that chunk and one piece;
 * signals come on the thread of the chunks, or of whoever takes the pieces. When the chunks fail,
 * so do the pieces, and what is not a whole piece then is dropped.
 */
public final class Chunks {

  private static final byte[] NONE = {};
  private static final int FIRST_SIZE = 1024;

  private Chunks() {}

  /**
   * Pieces of exactly this size, but for the last, which may be smaller; none is empty.
   *
   * @param size bytes of a piece, 1 or more
   */
  public static Function<Flux<byte[]>, Flux<byte[]>> of(int size) {
    return cut(size, false);
  }

  /**
   * Pieces of whole lines, as many as fit. Each but the last ends with a line feed. A line that is
   * longer than a piece is an {@link IllegalArgumentException}.
   *
   * @param size bytes of a piece at most, 1 or more, line feeds included
   */
  public static Function<Flux<byte[]>, Flux<byte[]>> ofLines(int size) {
    return cut(size, true);
  }

  private static Function<Flux<byte[]>, Flux<byte[]>> cut(int size, boolean lines) {
    if (size < 1) {
      throw new IllegalArgumentException("size must be 1 or more, not " + size);
    }
    return chunks ->
        Flux.defer(
            () -> {
              Cutter cutter = new Cutter(size, lines);
              return chunks
                  .<byte[]>concatMapIterable(cutter::cut, 1)
                  .concatWith(Flux.defer(cutter::rest));
            });
  }

  /** What is held between two chunks of one subscription. */
  private static final class Cutter {

    private final int limit;
    private final boolean lines;
    private byte[] held = NONE;
    private int size; // bytes held
    private long taken; // bytes of all pieces so far

    Cutter(int limit, boolean lines) {
      this.limit = limit;
      this.lines = lines;
    }

    /** The pieces are cut when they are asked for. */
    Iterable<byte[]> cut(byte[] chunk) {
      return () -> new Pieces(chunk);
    }

    Flux<byte[]> rest() {
      return size == 0 ? Flux.empty() : Flux.just(Arrays.copyOf(held, size));
    }

    /** Holds what there is room for. Returns how many bytes that are. */
    private int hold(byte[] chunk, int from) {
      int count = Math.min(chunk.length - from, limit - size);
      if (size + count > held.length) {
        long grown = Math.max(Math.max(2L * held.length, size + count), FIRST_SIZE);
        held = Arrays.copyOf(held, (int) Math.min(grown, limit));
      }
      System.arraycopy(chunk, from, held, size, count);
      size += count;
      return count;
    }

    /** All that is held, or the lines of it. */
    private byte[] take() {
      int end = lines ? endOfLines() : size;
      byte[] piece = Arrays.copyOf(held, end);
      System.arraycopy(held, end, held, 0, size - end);
      size -= end;
      taken += end;
      return piece;
    }

    private int endOfLines() {
      int end = size;
      while (end > 0 && held[end - 1] != '\n') {
        end--;
      }
      if (end == 0) {
        throw new IllegalArgumentException(
            "The line at byte %d is longer than %d bytes".formatted(taken, limit));
      }
      return end;
    }

    private final class Pieces implements Iterator<byte[]> {

      private final byte[] chunk;
      private int from;

      Pieces(byte[] chunk) {
        this.chunk = chunk;
      }

      /** A line that fills a piece without a line feed may be the last one: the next byte tells. */
      @Override
      public boolean hasNext() {
        from += hold(chunk, from);
        return size == limit && (!lines || from < chunk.length || held[size - 1] == '\n');
      }

      @Override
      public byte[] next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return take();
      }
    }
  }
}

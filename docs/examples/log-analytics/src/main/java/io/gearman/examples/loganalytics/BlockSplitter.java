// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * Cuts a body into {@link Block}s of whole lines, the same ones however the body was cut into
 * chunks on its way. A block ends with the line that takes it to the block size. A line too long to
 * be held leaves an empty line in its place, which is counted as what it is: one malformed line.
 */
final class BlockSplitter {

  private final int blockSize;
  private final int maxLineLength;

  private ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private int lineLength;
  private boolean skipping;
  private long bodyBytes;
  private long index;

  private BlockSplitter(int blockSize, int maxLineLength) {
    this.blockSize = blockSize;
    this.maxLineLength = maxLineLength;
  }

  /** Asks for the next chunk of the body when the blocks of the last one have been taken. */
  static Flux<Block> split(Flux<byte[]> body, int blockSize, int maxLineLength) {
    return Flux.defer(
        () -> {
          BlockSplitter splitter = new BlockSplitter(blockSize, maxLineLength);
          return body.concatMapIterable(splitter::add, 1)
              .concatWith(Flux.defer(() -> Flux.fromIterable(splitter.rest())));
        });
  }

  private List<Block> add(byte[] chunk) {
    List<Block> blocks = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < chunk.length; i++) {
      if (chunk[i] == '\n') {
        hold(chunk, from, i);
        endLine();
        bodyBytes++;
        if (bodyBytes >= blockSize) {
          blocks.add(cut());
        }
        from = i + 1;
      }
    }
    hold(chunk, from, chunk.length);
    return blocks;
  }

  private List<Block> rest() {
    if (skipping) {
      endLine();
    }
    return lines.size() == 0 ? List.of() : List.of(cut());
  }

  private void hold(byte[] chunk, int from, int to) {
    int length = to - from;
    bodyBytes += length;
    if (!skipping && length > maxLineLength - lineLength) {
      skipping = true;
      drop(lineLength);
    }
    if (!skipping) {
      lines.write(chunk, from, length);
      lineLength += length;
    }
  }

  private void endLine() {
    lines.write('\n');
    lineLength = 0;
    skipping = false;
  }

  /** Takes back the last bytes held. */
  private void drop(int count) {
    byte[] held = lines.toByteArray();
    lines = new ByteArrayOutputStream();
    lines.write(held, 0, held.length - count);
    lineLength = 0;
  }

  private Block cut() {
    Block block = new Block(index++, lines.toByteArray(), bodyBytes);
    lines = new ByteArrayOutputStream();
    lineLength = 0;
    bodyBytes = 0;
    return block;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class BlockSplitterTest {

  private static final int BLOCK = 20;
  private static final int LINE = 10;

  @Test
  void blockEndsWithTheLineThatTakesItToTheBlockSize() {
    assertThat(texts(split("first\nsecond\nthird.\nfourth\n", List.of())))
        .containsExactly("first\nsecond\nthird.\n", "fourth\n");
  }

  @Test
  void lastLineMayHaveNoEnd() {
    assertThat(texts(split("first\nsecond", List.of()))).containsExactly("first\nsecond");
  }

  @Test
  void emptyLinesAreKept() {
    assertThat(texts(split("\n\n", List.of()))).containsExactly("\n\n");
  }

  @Test
  void nothingGivesNoBlock() {
    assertThat(split("", List.of())).isEmpty();
  }

  @Test
  void longLineLeavesAnEmptyLine() {
    List<Block> blocks = split("a\n0123456789x\nb\n", List.of());

    assertThat(texts(blocks)).containsExactly("a\n\nb\n");
    assertThat(blocks.get(0).bodyBytes()).isEqualTo(16);
  }

  @Test
  void lineOfTheLongestLengthIsKept() {
    assertThat(texts(split("0123456789\n0123456789", List.of())))
        .containsExactly("0123456789\n0123456789");
  }

  @Test
  void longLastLineWithoutEndLeavesAnEmptyLine() {
    assertThat(texts(split("a\n0123456789x", List.of()))).containsExactly("a\n\n");
  }

  @Test
  void skippedBytesCountForTheBlockSize() {
    assertThat(texts(split("x".repeat(1000) + "\nb\n", List.of()))).containsExactly("\n", "b\n");
  }

  @Test
  void cutAtAnyByteTheBlocksAreTheSame() {
    String body = "first\r\n\nsecond\r\n" + "x".repeat(25) + "\r\nthird\n0123456789\nlast";
    List<Block> whole = split(body, List.of());

    for (int cut = 0; cut <= body.length(); cut++) {
      assertThat(split(body, List.of(cut))).as("cut at " + cut).isEqualTo(whole);
    }
    assertThat(split(body, IntStream.range(0, body.length()).boxed().toList())).isEqualTo(whole);
  }

  @Test
  void randomBodiesCutAtRandom() {
    Random random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      String body = randomBody(random);
      List<Integer> cuts =
          random.ints(random.nextInt(8), 0, body.length() + 1).sorted().boxed().toList();
      List<Block> blocks = split(body, cuts);

      assertThat(blocks).as(body).isEqualTo(split(body, List.of()));
      assertThat(String.join("", texts(blocks))).isEqualTo(withoutLongLines(body));
      assertThat(blocks.stream().mapToLong(Block::bodyBytes).sum()).isEqualTo(body.length());
      assertThat(blocks).allMatch(block -> block.lines().length < BLOCK + LINE + 1);
      assertThat(blocks.stream().map(Block::index).toList())
          .isEqualTo(IntStream.range(0, blocks.size()).mapToObj(i -> (long) i).toList());
    }
  }

  @Test
  void asksForAChunkOnlyWhenTheBlocksOfTheLastOneAreTaken() {
    TestPublisher<byte[]> body = TestPublisher.create();

    StepVerifier.create(BlockSplitter.split(body.flux(), 2, LINE), 0)
        .thenRequest(1)
        .then(() -> body.assertMinRequested(1).assertMaxRequested(1))
        .then(() -> body.next("a\nb\nc\n".getBytes(UTF_8)))
        .expectNextCount(1)
        .then(() -> body.assertMaxRequested(0))
        .thenCancel()
        .verify();
    body.assertCancelled();
  }

  private static String randomBody(Random random) {
    StringBuilder body = new StringBuilder();
    int lines = random.nextInt(12);
    for (int i = 0; i < lines; i++) {
      body.append("abcdefghijklmnopqrstuvwxyz", 0, random.nextInt(16));
      body.append(random.nextInt(3) == 0 ? "\r\n" : "\n");
    }
    return random.nextBoolean() ? body.toString() : body.append("rest").toString();
  }

  private static String withoutLongLines(String body) {
    StringBuilder kept = new StringBuilder();
    for (String line : body.split("(?<=\n)", -1)) {
      int end = line.endsWith("\n") ? 1 : 0;
      kept.append(line.length() - end <= LINE ? line : "\n");
    }
    return kept.toString();
  }

  /** The blocks of a body that comes in chunks, cut at these places. */
  private static List<Block> split(String body, List<Integer> cuts) {
    byte[] bytes = body.getBytes(UTF_8);
    List<byte[]> chunks = new ArrayList<>();
    int from = 0;
    for (int cut : cuts) {
      chunks.add(Arrays.copyOfRange(bytes, from, cut));
      from = cut;
    }
    chunks.add(Arrays.copyOfRange(bytes, from, bytes.length));
    return BlockSplitter.split(Flux.fromIterable(chunks), BLOCK, LINE).collectList().block();
  }

  private static List<String> texts(List<Block> blocks) {
    return blocks.stream().map(block -> new String(block.lines(), UTF_8)).toList();
  }
}

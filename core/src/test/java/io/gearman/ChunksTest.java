// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class ChunksTest {

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1).replace('\n', '/');
  }

  /** Chunks and pieces with bars between them; a slash is a line feed. */
  private static Flux<byte[]> chunks(String chunks) {
    return Flux.fromArray(chunks.split("\\|", -1)).map(chunk -> bytes(chunk.replace('/', '\n')));
  }

  private static String joined(Flux<byte[]> pieces) {
    return String.join("|", pieces.map(ChunksTest::text).toIterable());
  }

  @ParameterizedTest
  @CsvSource({
    "abcdefgh, abc|def|gh",
    "abcdef, abc|def",
    "a|b|c|d, abc|d",
    "a|bcdefg|h, abc|def|gh",
    "|a||b|, ab",
    "abc|def, abc|def",
    "ab, ab",
    "'', ''",
  })
  void piecesHaveOneSize(String chunks, String pieces) {
    assertThat(joined(chunks(chunks).transform(Chunks.of(3)))).isEqualTo(pieces);
  }

  @ParameterizedTest
  @CsvSource({
    "a/b/c/d/e/, a/b/|c/d/|e/",
    "a/|b|/c, a/b/c",
    "abc/de/f/, abc/|de/f/",
    "abcd/e/, abcd/|e/",
    "////////, /////|///",
    "ab/cd, ab/cd",
    "abcde, abcde",
    "ab/cd|e, ab/|cde",
    "ab/cd||, ab/cd",
    "'', ''",
  })
  void piecesHaveWholeLines(String chunks, String pieces) {
    assertThat(joined(chunks(chunks).transform(Chunks.ofLines(5)))).isEqualTo(pieces);
  }

  @Test
  void aLineThatIsTooLongIsAnErrorThatSaysWhere() {
    StepVerifier.create(chunks("a/b/|abc|def/").transform(Chunks.ofLines(5)).map(ChunksTest::text))
        .expectNext("a/b/")
        .verifyErrorMessage("The line at byte 4 is longer than 5 bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, 0})
  void aPieceHasAByteAtLeast(int size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Chunks.of(size))
        .withMessage("size must be 1 or more, not " + size);
    assertThatIllegalArgumentException().isThrownBy(() -> Chunks.ofLines(size));
  }

  @Test
  void eachSubscriptionCutsForItself() {
    Flux<byte[]> pieces = chunks("abcd").transform(Chunks.of(3));
    assertThat(joined(pieces)).isEqualTo("abc|d");
    assertThat(joined(pieces)).isEqualTo("abc|d");
  }

  @Test
  void noMoreThanOneChunkIsAskedForAhead() {
    AtomicLong asked = new AtomicLong();
    TestPublisher<byte[]> chunks = TestPublisher.create();
    StepVerifier.create(
            chunks
                .flux()
                .doOnRequest(asked::addAndGet)
                .transform(Chunks.of(2))
                .map(ChunksTest::text),
            0)
        .thenRequest(1)
        .then(() -> assertThat(asked).hasValue(1))
        .then(() -> chunks.next(bytes("abcd")))
        .expectNext("ab")
        .then(() -> assertThat(asked).hasValue(1))
        .thenRequest(1)
        .expectNext("cd")
        .thenRequest(1)
        .then(() -> assertThat(asked).hasValue(2))
        .then(() -> chunks.next(bytes("e")).complete())
        .expectNext("e")
        .verifyComplete();
  }

  @Test
  void theRestWaitsForDemand() {
    StepVerifier.create(chunks("abcd").transform(Chunks.of(3)).map(ChunksTest::text), 1)
        .expectNext("abc")
        .thenRequest(1)
        .expectNext("d")
        .verifyComplete();
  }

  @Test
  void aFailureOfTheChunksFailsThePieces() {
    StepVerifier.create(
            chunks("abcd")
                .concatWith(Flux.error(new IOException("boom")))
                .transform(Chunks.of(3))
                .map(ChunksTest::text))
        .expectNext("abc")
        .verifyErrorMessage("boom");
  }

  @Test
  void cancellingCancelsTheChunks() {
    TestPublisher<byte[]> chunks = TestPublisher.create();
    StepVerifier.create(chunks.flux().transform(Chunks.of(3)), 1).thenCancel().verify();
    chunks.assertCancelled();
  }

  @Test
  void whateverTheChunksThePiecesAreTheSame() {
    String whole = "x".repeat(5000);
    List<byte[]> parts = new ArrayList<>();
    for (int from = 0, step = 0; from < whole.length(); from += step) {
      step = Math.min(step + 1, whole.length() - from);
      parts.add(bytes(whole.substring(from, from + step)));
    }
    Flux.fromIterable(parts)
        .transform(Chunks.of(1999))
        .map(piece -> piece.length)
        .as(StepVerifier::create)
        .expectNext(1999, 1999, 1002)
        .verifyComplete();
  }
}

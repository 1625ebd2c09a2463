// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class BodyGuardTest {

  @Test
  void textPasses() {
    StepVerifier.create(BodyGuard.guard(Flux.just(new byte[] {'a'}, new byte[] {'b'})))
        .expectNextCount(2)
        .verifyComplete();
  }

  @Test
  void noChunksAreAnEmptyBody() {
    assertRefused(Flux.empty(), HttpStatus.BAD_REQUEST, "empty");
  }

  @Test
  void emptyChunksAreAnEmptyBody() {
    assertRefused(Flux.just(new byte[0], new byte[0]), HttpStatus.BAD_REQUEST, "empty");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 500, 1023})
  void nulAmongTheFirstBytesIsNoText(int position) {
    assertRefused(textWithNulAt(position), HttpStatus.UNSUPPORTED_MEDIA_TYPE, "byte " + position);
  }

  @Test
  void nulFurtherOnIsTheLinesAffair() {
    StepVerifier.create(BodyGuard.guard(textWithNulAt(1024)))
        .expectNextCount(2_000)
        .verifyComplete();
  }

  @Test
  void errorOfTheBodyIsNotAnEmptyBody() {
    StepVerifier.create(BodyGuard.guard(Flux.error(new IllegalStateException("lost"))))
        .verifyErrorMessage("lost");
  }

  /** One byte at a time: where the chunks are cut must not matter. */
  private static Flux<byte[]> textWithNulAt(int position) {
    return Flux.fromStream(
        Stream.iterate(0, i -> i + 1)
            .limit(2_000)
            .map(i -> new byte[] {(byte) (i == position ? 0 : 'a')}));
  }

  private static void assertRefused(Flux<byte[]> body, HttpStatus status, String words) {
    StepVerifier.create(BodyGuard.guard(body).ignoreElements())
        .verifyErrorSatisfies(
            error -> {
              AnalysisException refusal = (AnalysisException) error;
              assertThat(refusal.getStatusCode()).isEqualTo(status);
              assertThat(refusal.getBody().getDetail()).contains(words);
            });
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.gearman.transport.ServerAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What a worker refuses. */
class GearmanWorkerTest {

  private static final JobFunction FUNCTION = job -> Mono.empty();

  private final GearmanWorker.Builder builder =
      GearmanWorker.builder(new ServerAddress("here", 4730));

  @Test
  void aWorkerNeedsAServer() {
    assertThatNullPointerException()
        .isThrownBy(() -> GearmanWorker.builder((ServerAddress) null))
        .withMessage("server");
  }

  @Test
  void aWorkerNeedsAFunction() {
    assertThatIllegalStateException()
        .isThrownBy(builder::build)
        .withMessageContaining("at least one function");
  }

  @Test
  void nothingOfAWorkerMayBeNull() {
    assertThatNullPointerException()
        .isThrownBy(() -> builder.function("f", null))
        .withMessage("function");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.clientId(null))
        .withMessage("clientId");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.connection(null))
        .withMessage("connection");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_537})
  void otherConcurrencyIsRefused(int jobs) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.concurrency(jobs))
        .withMessageContainingAll("concurrency", "1", "65536", Integer.toString(jobs));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_536})
  void concurrencyFromOneToItsLimitIsTaken(int jobs) {
    assertThatCode(() -> builder.concurrency(jobs)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"f", "é"}) // one byte and two
  void aFunctionOf512BytesIsTaken(String character) {
    String name = character.repeat(512 / length(character));
    assertThat(builder.function(name, FUNCTION).build()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"f", "é"})
  void aLongerFunctionIsRefused(String character) {
    String name = character.repeat(514 / length(character));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.function(name, FUNCTION))
        .withMessageContainingAll("512", "514", name);
  }

  @Test
  void aFunctionWithoutANameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.function("", FUNCTION))
        .withMessageContainingAll("1 to 512", "0");
  }

  @Test
  void aNulInANameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.function("a\0b", FUNCTION))
        .withMessageContaining("NUL");
  }

  @Test
  void aFunctionGivenTwiceIsRefused() {
    builder.function("f", FUNCTION);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.function("f", FUNCTION))
        .withMessageContainingAll("\"f\"", "twice");
  }

  private static int length(String character) {
    return character.getBytes(UTF_8).length;
  }
}

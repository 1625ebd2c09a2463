// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.protocol.ProtocolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** The client with a server that fails at every point of a conversation. */
class AdminFaultTest extends AdminFixture {

  @ParameterizedTest(name = "{0}")
  @MethodSource("commands")
  void aServerThatClosesBeforeItAnswersIsAnError(String line, Question question) {
    StepVerifier asked =
        StepVerifier.create(question.ask(admin()))
            .expectErrorSatisfies(error -> isUnanswered(error, line, "closed"))
            .verifyLater();
    accept().receiveLine();
    server.close();
    asked.verify(TIMEOUT);
  }

  @Test
  void aServerThatClosesAtOnceIsAnError() {
    StepVerifier asked =
        StepVerifier.create(admin().version()).expectError(ConnectionException.class).verifyLater();
    accept().close();
    asked.verify(TIMEOUT);
  }

  @Test
  void aServerThatClosesInMidListIsAnError() {
    StepVerifier asked =
        StepVerifier.create(admin().uniqueIds())
            .expectNext("a")
            .expectErrorSatisfies(error -> isUnanswered(error, "show unique jobs", "closed"))
            .verifyLater();
    accept().receiveLine();
    reply("a\n");
    server.close();
    asked.verify(TIMEOUT);
  }

  @Test
  void aServerThatClosesInMidLineIsAnError() {
    StepVerifier asked =
        StepVerifier.create(admin().version())
            .expectErrorSatisfies(error -> isUnanswered(error, "version", "closed"))
            .verifyLater();
    accept().receiveLine();
    reply("OK 1.1");
    server.close();
    asked.verify(TIMEOUT);
  }

  @Test
  void aServerThatResetsTheConnectionIsAnError() {
    StepVerifier asked =
        StepVerifier.create(admin().version())
            .expectErrorSatisfies(error -> isUnanswered(error, "version", "was lost"))
            .verifyLater();
    accept().receiveLine();
    server.reset();
    asked.verify(TIMEOUT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "f\t0\t0\t0\n", "f\t0\t0\t"})
  void aServerThatFallsSilentIsAnError(String before) {
    StepVerifier asked =
        StepVerifier.create(admin(SETTINGS.withConnectTimeout(Duration.ofMillis(300))).status())
            .thenConsumeWhile(status -> true)
            .expectErrorSatisfies(error -> isUnanswered(error, "status", "was silent for PT0.3S"))
            .verifyLater();
    accept().receiveLine();
    reply(before);
    asked.verify(TIMEOUT);
  }

  @Test
  void aServerThatFellSilentIsLeft() {
    admin(SETTINGS.withConnectTimeout(Duration.ofMillis(300)))
        .version()
        .subscribe(version -> {}, error -> {});
    accept().receiveLine();
    server.expectClosed();
  }

  @Test
  void aServerThatRefusesConnectionsIsAnError() throws IOException {
    socket.close();
    StepVerifier.create(admin().version())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ConnectionException.class,
                        failure -> assertThat(failure.phase()).isEqualTo(Phase.CONNECT)))
        .verify(TIMEOUT);
  }

  @Test
  void aLineThatNeverEndsIsAnError() {
    StepVerifier asked =
        StepVerifier.create(admin().version())
            .expectErrorSatisfies(
                error ->
                    assertThat(error)
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageContainingAll("version", "more than 1048576 bytes"))
            .verifyLater();
    accept().receiveLine();
    sendUntilClosed(new byte[64 << 10]);
    asked.verify(TIMEOUT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "OK\n", "\0RES\0\0\0\b\n", "HTTP/1.1 400 Bad Request\r\n"})
  void garbageIsAnErrorThatNamesIt(String garbage) {
    StepVerifier asked =
        StepVerifier.create(admin().version())
            .expectErrorSatisfies(
                error ->
                    assertThat(error)
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageEndingWith("with \"" + garbage.stripTrailing() + '"'))
            .verifyLater();
    accept().receiveLine();
    reply(garbage);
    asked.verify(TIMEOUT);
  }

  private void sendUntilClosed(byte[] part) {
    try {
      for (int i = 0; i < 10_000; i++) {
        server.sendBytes(part);
      }
      throw new AssertionError("The client still reads");
    } catch (UncheckedIOException e) {
      // closed, as it should be
    }
  }

  private static void isUnanswered(Throwable error, String command, String what) {
    assertThat(error)
        .isInstanceOf(ConnectionException.class)
        .hasMessageContainingAll(what, '"' + command + '"');
    assertThat(((ConnectionException) error).phase()).isEqualTo(Phase.UNANSWERED);
  }
}

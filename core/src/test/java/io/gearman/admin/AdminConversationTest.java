// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobHandle;
import io.gearman.ServerErrorException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The client with a scripted server that does as it should. */
class AdminConversationTest extends AdminFixture {

  private static final int ROW = 1 << 10;
  private static final int ROWS_OF_PART = 64;
  private static final int LIST_PARTS = 1000;

  @ParameterizedTest(name = "{0}")
  @MethodSource("commands")
  void aCommandIsOneLineEndedByCrLf(String line, Question question) {
    StepVerifier asked =
        StepVerifier.create(question.ask(admin()))
            .expectError(ServerErrorException.class)
            .verifyLater();
    assertThat(accept().receiveLine()).isEqualTo(line + '\r');
    reply("ERR UNKNOWN_COMMAND\r\n");
    asked.verify(TIMEOUT);
  }

  @Test
  void aCommandIsUtf8() {
    Disposable asked = admin().createFunction("größe").subscribe();
    String line = accept().receiveLine();
    asked.dispose();
    assertThat(new String(line.getBytes(ISO_8859_1), UTF_8)).isEqualTo("create function größe\r");
  }

  @Test
  void nothingIsSentBeforeSomebodySubscribes() {
    Mono<String> version = admin().version();
    Disposable asked = admin().pid().subscribe();
    assertThat(accept().receiveLine()).isEqualTo("getpid\r");
    asked.dispose();
    assertThat(version).isNotNull();
  }

  @Test
  void eachSubscriptionIsAConnectionOfItsOwn() {
    Mono<Long> pid = admin().pid();
    for (int i = 1; i <= 2; i++) {
      StepVerifier asked =
          StepVerifier.create(pid).expectNext((long) i).expectComplete().verifyLater();
      accept().receiveLine();
      reply("OK " + i + '\n');
      asked.verify(TIMEOUT);
      server.close();
    }
  }

  @Test
  void theConnectionIsClosedAfterALine() {
    admin().version().subscribe();
    accept().receiveLine();
    reply("OK 1.1.20\n");
    server.expectClosed();
  }

  @Test
  void theConnectionIsClosedAfterAList() {
    admin().status().subscribe();
    accept().receiveLine();
    reply(".\n");
    server.expectClosed();
  }

  @Test
  void theConnectionIsClosedAfterARefusal() {
    admin().shutdown().subscribe(done -> {}, error -> {});
    accept().receiveLine();
    reply("ERR UNKNOWN_COMMAND Unknown+server+commandshutdown\r\n");
    server.expectClosed();
  }

  @Test
  void cancellingClosesTheConnectionBeforeTheAnswer() {
    Disposable asked = admin().status().subscribe();
    accept().receiveLine();
    asked.dispose();
    server.expectClosed();
  }

  @Test
  void cancellingInAListClosesTheConnection() {
    StepVerifier asked =
        StepVerifier.create(admin().uniqueIds()).expectNext("a").thenCancel().verifyLater();
    accept().receiveLine();
    reply("a\nb\nc");
    asked.verify(TIMEOUT);
    server.expectClosed();
  }

  @Test
  void cancellingWithoutDemandClosesTheConnection() {
    StepVerifier asked =
        StepVerifier.create(admin().uniqueIds(), 1).expectNext("a").thenCancel().verifyLater();
    accept().receiveLine();
    reply("a\n" + "b\n".repeat(10_000));
    asked.verify(TIMEOUT);
    server.expectClosed();
  }

  @Test
  void aLineMayComeInPieces() {
    StepVerifier asked =
        StepVerifier.create(admin().version()).expectNext("1.1").expectComplete().verifyLater();
    accept().receiveLine();
    "OK 1.1\r\n".chars().mapToObj(Character::toString).forEach(this::reply);
    asked.verify(TIMEOUT);
  }

  @Test
  void anEmptyUniqueIdIsOneOfTheList() {
    StepVerifier asked =
        StepVerifier.create(admin().uniqueIds())
            .expectNext("", "u", "")
            .expectComplete()
            .verifyLater();
    accept().receiveLine();
    reply("\nu\n\n.\n");
    asked.verify(TIMEOUT);
  }

  @Test
  void theVersionOfThePerlServerHasNoOk() {
    StepVerifier asked =
        StepVerifier.create(admin().version()).expectNext("1.130.1").expectComplete().verifyLater();
    accept().receiveLine();
    reply("v1.130.1\n");
    asked.verify(TIMEOUT);
  }

  @Test
  void cancelSendsTheHandleWithoutItsServer() {
    StepVerifier asked =
        StepVerifier.create(admin().cancel(new JobHandle(address().toString(), "H:a:1")))
            .expectComplete()
            .verifyLater();
    assertThat(accept().receiveLine()).isEqualTo("cancel job H:a:1\r");
    reply("OK\r\n");
    asked.verify(TIMEOUT);
  }

  @Test
  void aReaderThatAsksForNoMoreIsNotReadFor() {
    BytesRead read = new BytesRead();
    CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> serve(LIST_PARTS));

    StepVerifier.create(admin(SETTINGS.withTcp(read::countedBy)).uniqueIds(), 1)
        .expectNextCount(1)
        .then(() -> assertThat(sent).failsWithin(Duration.ofMillis(300)))
        .then(() -> assertThat(read.sum()).isLessThan(512 << 10))
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(LIST_PARTS * ROWS_OF_PART - 1)
        .expectComplete()
        .verify(Duration.ofSeconds(30));
    assertThat(sent).succeedsWithin(TIMEOUT);
  }

  /** Sends a list that is larger than what sockets hold. */
  private void serve(int parts) {
    byte[] part = ("u".repeat(ROW - 1) + '\n').repeat(ROWS_OF_PART).getBytes(ISO_8859_1);
    accept().receiveLine();
    for (int i = 0; i < parts; i++) {
      server.sendBytes(part);
    }
    reply(".\n");
  }
}

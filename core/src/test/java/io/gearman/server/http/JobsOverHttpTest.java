// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.Priority;
import io.gearman.server.ServerSnapshot;
import io.gearman.server.http.RunningHttp.Answer;
import io.gearman.server.http.TestWorker.Assigned;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.PrematureCloseException;
import reactor.test.StepVerifier;

/** Jobs that are asked for by POST, and what is answered. */
class JobsOverHttpTest {

  private final RunningHttp http = RunningHttp.start();

  @AfterEach
  void end() {
    http.close();
  }

  private ServerSnapshot.Function function() {
    return http.server().snapshot().block(SOON).functions().get(0);
  }

  @Test
  void resultIsTheBody() {
    try (TestWorker worker = http.worker("reverse")) {
      Mono<Answer> asked = http.posting("/jobs/reverse", "abc");
      Assigned job = worker.take();
      worker.complete("cba");
      Answer answer = asked.block(SOON);

      assertThat(job.text()).isEqualTo("abc");
      assertThat(job.unique()).isEmpty();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("cba");
      assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
      assertThat(answer.header("Content-Length")).isEqualTo("3");
      assertThat(answer.header("X-Gearman-Job-Handle")).isEqualTo(job.handle());
      assertThat(answer.header("X-Gearman-Command")).isEqualTo("WORK_COMPLETE");
    }
  }

  @Test
  void emptyBodyIsAnEmptyWorkload() {
    try (TestWorker worker = http.worker("f")) {
      Mono<Answer> asked = http.posting("/jobs/f", "");
      Assigned job = worker.take();
      worker.complete("");

      assertThat(job.workload()).isEmpty();
      assertThat(asked.block(SOON).header("Content-Length")).isEqualTo("0");
    }
  }

  @Test
  void largeBodyArrivesWhole() {
    byte[] large = TestWorker.bytes(5 << 20, 7);
    try (TestWorker worker = http.worker("f")) {
      Mono<Answer> asked = http.posting("/jobs/f", large);
      Assigned job = worker.take();
      worker.complete("ok");

      assertThat(job.workload()).isEqualTo(large);
      assertThat(asked.block(SOON).text()).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a%2Fb, a/b",
    "a/b, a/b",
    "caf%C3%A9, caf\u00c3\u00a9", // as UTF-8, one character for each byte
    "%FF, \u00ff", // no UTF-8, and a name all the same
    "a%20b+c, 'a b+c'",
    "what%3F, what?"
  })
  void functionIsTheRestOfThePathDecoded(String path, String function) {
    try (TestWorker worker = http.worker(function)) {
      Mono<Answer> asked = http.posting("/jobs/" + path, "");
      Assigned job = worker.take();
      worker.complete("");

      assertThat(job.function()).isEqualTo(function);
      assertThat(asked.block(SOON).status()).isEqualTo(200);
    }
  }

  @Test
  void partsAreStreamedAsTheyCome() {
    try (TestWorker worker = http.worker("f")) {
      StepVerifier.create(http.streaming("/jobs/f", ""))
          .then(
              () -> {
                worker.take();
                worker.progress(1, 2);
                worker.warning("careful");
                worker.data("one ");
              })
          .expectNext("one ")
          .then(() -> worker.data("two "))
          .expectNext("two ")
          .then(() -> worker.complete("three"))
          .expectNext("three")
          .expectComplete()
          .verify(SOON);
    }
  }

  @ParameterizedTest
  @CsvSource({"high, HIGH", "HIGH, HIGH", "normal, NORMAL", "low, LOW"})
  void priorityIsThatOfTheHeader(String header, Priority priority) {
    Answer answer =
        http.post("/jobs/f", "", "X-Gearman-Priority", header, "X-Gearman-Background", "true");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(
            function().queues().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, queue -> queue.getValue().waiting())))
        .containsEntry(priority, 1);
  }

  @Test
  void foregroundJobHasThePriorityOfTheHeaderToo() {
    Mono<Answer> asked = http.posting("/jobs/f", "", "X-Gearman-Priority", "low");
    Mono<Answer> other = http.posting("/jobs/f", "", "X-Gearman-Priority", "high");
    try (TestWorker worker = http.worker("f")) {
      http.await(server -> server.functions().stream().anyMatch(f -> f.waiting() == 2));
      worker.take();
      worker.complete("first");
      worker.take();
      worker.complete("second");
    }

    assertThat(other.block(SOON).text()).isEqualTo("first");
    assertThat(asked.block(SOON).text()).isEqualTo("second");
  }

  @Test
  void backgroundJobIsAnsweredWithItsHandleAndOutlivesTheRequest() {
    Answer answer = http.post("/jobs/f", "work", "X-Gearman-Background", "True");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.header("X-Gearman-Command")).isEqualTo("JOB_CREATED");
    try (TestWorker worker = http.worker("f")) {
      Assigned job = worker.take();
      assertThat(job.handle()).isEqualTo(answer.header("X-Gearman-Job-Handle"));
      assertThat(job.text()).isEqualTo("work");
    }
  }

  @Test
  void equalUniqueIdsShareAJob() {
    try (TestWorker worker = http.worker("f")) {
      Mono<Answer> one = http.posting("/jobs/f", "", "X-Gearman-Unique", "u");
      Assigned job = worker.take();
      Mono<Answer> two = http.posting("/jobs/f", "", "X-Gearman-Unique", "u");
      http.await(server -> server.functions().get(0).joined() == 1);
      worker.complete("both");

      assertThat(job.unique()).isEqualTo("u");
      assertThat(one.block(SOON).text()).isEqualTo("both");
      assertThat(two.block(SOON).text()).isEqualTo("both");
    }
  }

  @Test
  void withoutAUniqueIdEachRequestIsAJobOfItsOwn() {
    http.post("/jobs/f", "same", "X-Gearman-Background", "true");
    http.post("/jobs/f", "same", "X-Gearman-Background", "true");

    assertThat(function().waiting()).isEqualTo(2);
  }

  @Test
  void disconnectingCancelsInTheWorker() {
    try (TestWorker worker = http.worker("f")) {
      StepVerifier.create(http.streaming("/jobs/f", ""))
          .then(worker::take)
          .then(() -> worker.data("part"))
          .expectNext("part")
          .thenCancel()
          .verify(SOON);

      worker.awaitCancel();
    }
  }

  @Test
  void disconnectingBeforeAnythingIsAnsweredCancelsToo() {
    try (TestWorker worker = http.worker("f")) {
      StepVerifier.create(http.streaming("/jobs/f", ""))
          .then(worker::take)
          .thenCancel()
          .verify(SOON);

      worker.awaitCancel();
    }
  }

  @Test
  void failureIsAProblem() {
    try (TestWorker worker = http.worker("f")) {
      Mono<Answer> asked = http.posting("/jobs/f", "");
      Assigned job = worker.take();
      worker.fail();
      Answer answer = asked.block(SOON);

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.problem()).isEqualTo("The job failed, and nothing is said of why");
      assertThat(answer.header("X-Gearman-Command")).isEqualTo("WORK_FAIL");
      assertThat(answer.header("X-Gearman-Job-Handle")).isEqualTo(job.handle());
      assertThat(answer.json().get("handle").asString()).isEqualTo(job.handle());
    }
  }

  @ParameterizedTest
  @CsvSource({"no such file, text, no such file", "\u00ff\u00fe, base64, //4="})
  void exceptionOfTheWorkerIsAProblemWithItsBytes(String sent, String member, String shown) {
    try (TestWorker worker = http.worker("f")) {
      Mono<Answer> asked = http.posting("/jobs/f", "");
      worker.take();
      worker.failWith(sent);
      Answer answer = asked.block(SOON);

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.problem()).isEqualTo("The worker failed the job with an exception");
      assertThat(answer.json().get("exception").get(member).asString()).isEqualTo(shown);
      assertThat(answer.header("X-Gearman-Command")).isEqualTo("WORK_EXCEPTION");
    }
  }

  @Test
  void failureAfterDataCutsTheConnection() {
    try (TestWorker worker = http.worker("f")) {
      StepVerifier.create(http.streaming("/jobs/f", ""))
          .then(worker::take)
          .then(() -> worker.data("part"))
          .expectNext("part")
          .then(() -> worker.fail())
          .expectError(PrematureCloseException.class)
          .verify(SOON);
    }
  }

  @Test
  void losingTheWorkerAfterDataCutsTheConnection() {
    TestWorker worker = http.worker("f");
    StepVerifier.create(http.streaming("/jobs/f", ""))
        .then(worker::take)
        .then(() -> worker.data("part"))
        .expectNext("part")
        .then(worker::close)
        .expectError(PrematureCloseException.class)
        .verify(SOON);
  }

  @Test
  void losingTheWorkerBeforeDataIsNotNoticed() {
    Mono<Answer> asked = http.posting("/jobs/f", "");
    try (TestWorker worker = http.worker("f")) {
      worker.take();
      worker.warning("not feeling well");
    }
    try (TestWorker worker = http.worker("f")) {
      worker.take();
      worker.complete("done");
      assertThat(asked.block(SOON).text()).isEqualTo("done");
    }
  }

  @Test
  void getAndHeadRunNothing() {
    for (HttpMethod method : new HttpMethod[] {HttpMethod.GET, HttpMethod.HEAD, HttpMethod.PUT}) {
      Answer answer = http.ask(method, "/jobs/f");
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("Allow")).isEqualTo("POST");
    }
    assertThat(http.server().snapshot().block(SOON).functions()).isEmpty();
  }
}

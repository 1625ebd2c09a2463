// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static io.gearman.examples.loganalytics.AnalysisContract.bytes;
import static io.gearman.examples.loganalytics.AnalysisContract.sample;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.examples.loganalytics.RunningApp.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Flux;

/** What is refused before anything is streamed, and how. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalTest {

  private static final int MIB = 1 << 20;

  private final RunningApp app = RunningApp.start();

  @AfterAll
  void stop() {
    app.close();
  }

  @Test
  void emptyBody() {
    assertProblem(app.analyse(new byte[0]), 400, "The body is empty");
    assertProblem(app.analyse(Flux.empty()), 400, "The body is empty");
  }

  @Test
  void binaryBody() {
    byte[] gzip = {0x1f, (byte) 0x8b, 8, 0};

    assertProblem(app.analyse(gzip), 415, "byte 3 is NUL");
    assertProblem(app.analyse(Flux.just(bytes("a"), new byte[] {0})), 415, "byte 1 is NUL");
  }

  @Test
  void largeBinaryBodyIsNotReadToItsEnd() {
    assertProblem(app.analyse(new byte[20 * MIB]), 415, "byte 0 is NUL");
  }

  @Test
  void refusalIsAProblemAlsoForThoseWhoTakeOnlyEvents() {
    Answer answer =
        RunningApp.answer(
            app.http()
                .headers(headers -> headers.set("Accept", "text/event-stream"))
                .post()
                .uri("/analyses"));

    assertProblem(answer, 400, "The body is empty");
  }

  @Test
  void otherMethodsAndPaths() {
    assertProblem(app.get("/analyses"), 405, "POST");
    assertProblem(app.get("/nothing"), 404, "nothing");
  }

  @Test
  void sampleLog() {
    Answer sample = app.get("/sample.log?lines=250");

    assertThat(sample.type()).startsWith("text/plain");
    assertThat(sample.body().getBytes(UTF_8)).isEqualTo(sample(250));
    assertThat(app.get("/sample.log").body().lines()).hasSize(1_000);
  }

  @Test
  void sampleLogOutOfRange() {
    assertProblem(app.get("/sample.log?lines=0"), 400, "lines is 0: it must be 1 to 100000");
    assertProblem(app.get("/sample.log?lines=100001"), 400, "it must be 1 to 100000");
    assertProblem(app.get("/sample.log?lines=many"), 400, "");
  }

  private static void assertProblem(Answer answer, int status, String words) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.type()).isEqualTo("application/problem+json");
    assertThat(answer.body()).contains("\"status\":" + status, words).doesNotContain("Exception");
  }
}

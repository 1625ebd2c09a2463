// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.admin.AdminClient;
import io.gearman.server.http.RunningHttp.Answer;
import io.gearman.testkit.WireClient;
import io.gearman.transport.ServerAddress;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What is refused, to whom, and what is said of it. */
class RefusalsTest {

  private static final int MAX_PACKET = 10_000;

  private final RunningHttp http =
      RunningHttp.start(server -> server.maxPacketSize(MAX_PACKET), http -> http.jobs(true));

  @AfterEach
  void end() {
    http.await(server -> server.connections() == 0);
    http.close();
  }

  @Test
  void unknownPath() {
    Answer answer = http.get("/nothing?x");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.problem()).isEqualTo("There is nothing at /nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/jobs", "/jobs/"})
  void jobWithoutAFunction(String path) {
    assertThat(http.post(path, "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Gearman-Priority | urgent | X-Gearman-Priority must be high, normal or low, not urgent",
        "X-Gearman-Background | yes | X-Gearman-Background must be true or false, not yes"
      })
  void headerThatMakesNoSense(String name, String value, String problem) {
    Answer answer = http.post("/jobs/f", "", name, value);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo(problem);
  }

  @Test
  void headerThatIsThereTwice() {
    Answer answer = http.post("/jobs/f", "", "X-Gearman-Unique", "a", "X-Gearman-Unique", "b");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo("There is more than one X-Gearman-Unique");
  }

  @Test
  void uniqueIdThatIsTooLong() {
    Answer answer = http.post("/jobs/f", "", "X-Gearman-Unique", "u".repeat(65));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo("X-Gearman-Unique has 65 bytes, and may have 64");
    assertThat(
            http.post(
                    "/jobs/f",
                    "",
                    "X-Gearman-Unique",
                    "u".repeat(64),
                    "X-Gearman-Background",
                    "true")
                .status())
        .isEqualTo(202);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/jobs/a%00b | The name of the function has a NUL",
        "/jobs/f?x=1 | A job has no query: write a ? in the name of its function as %3F"
      })
  void functionThatCannotBe(String path, String problem) {
    Answer answer = http.post(path, "");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo(problem);
  }

  /** Sent by hand, since no client library would. */
  @Test
  void pathThatIsNotPercentEncoded() {
    assertThat(raw("POST /jobs/a%zz HTTP/1.1", "Host: localhost"))
        .startsWith("HTTP/1.1 400 ")
        .contains("The path is not percent-encoded");
  }

  @Test
  void functionThatIsCutByAFragment() {
    assertThat(raw("POST /jobs/a#b HTTP/1.1", "Host: localhost"))
        .startsWith("HTTP/1.1 400 ")
        .contains("A job has no fragment");
  }

  @Test
  void requestLineAndHeadersThatAreTooLong() {
    assertThat(raw("GET /" + "x".repeat(9_000) + " HTTP/1.1", "Host: localhost"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(raw("GET / HTTP/1.1", "Host: localhost", "X: " + "x".repeat(9_000)))
        .startsWith("HTTP/1.1 431 ");
    assertThat(raw("GET /" + "x".repeat(8_000) + " HTTP/1.1", "Host: localhost"))
        .startsWith("HTTP/1.1 404 ");
  }

  private String raw(String... lines) {
    try (WireClient wire = WireClient.connect("127.0.0.1", http.http().port())) {
      String headers = String.join("\r\n", lines);
      wire.command(headers + "\r\nConnection: close\r\nContent-Length: 0\r\n"); // refused half way
      StringBuilder answer = new StringBuilder();
      for (String line = wire.receiveLine(); !line.equals("\r"); line = wire.receiveLine()) {
        answer.append(line).append('\n');
      }
      return answer.append(body(wire, answer.toString())).toString();
    }
  }

  private static String body(WireClient wire, String headers) {
    int length =
        headers
            .lines()
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
            .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
            .findFirst()
            .orElseThrow();
    return new String(wire.receiveBytes(length), UTF_8);
  }

  @Test
  void bodyThatSaysItIsTooLarge() {
    int most = MAX_PACKET - 12 - "f".length() - "u".length() - 2; // header, and two NULs
    Answer answer = http.post("/jobs/f", "x".repeat(most + 1), "X-Gearman-Unique", "u");

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.problem())
        .isEqualTo(
            "The body has %d bytes, and may have %d for this function and unique id"
                .formatted(most + 1, most));
    assertThat(
            http.post(
                    "/jobs/f",
                    "x".repeat(most),
                    "X-Gearman-Unique",
                    "u",
                    "X-Gearman-Background",
                    "true")
                .status())
        .isEqualTo(202);
  }

  @Test
  void bodyThatGrowsTooLarge() {
    Answer answer = http.postChunks("/jobs/f", Flux.just(new byte[MAX_PACKET / 2]).repeat(2));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.problem()).startsWith("The body has more than");
  }

  @Test
  void fullQueue() {
    AdminClient admin = AdminClient.create(new ServerAddress("127.0.0.1", http.server().port()));
    admin.createFunction("f").then(admin.maxQueue("f", 1)).block(SOON);
    assertThat(http.post("/jobs/f", "", "X-Gearman-Background", "true").status()).isEqualTo(202);
    Answer answer = http.post("/jobs/f", "");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertThat(answer.header("X-Gearman-Command")).isEqualTo("ERROR");
    assertThat(answer.json().get("code").asString()).isEqualTo("QUEUE_ERROR");
    assertThat(answer.problem()).startsWith("The job server refuses the job: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://example.org", "null", "http://127.0.0.1"})
  void jobOfAWebPage(String origin) {
    Answer answer = http.post("/jobs/f", "", "Origin", origin);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.problem()).contains('"' + origin + '"');
    assertThat(http.server().snapshot().block(SOON).functions()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"example.org", "example.org:8080", "127.0.0.1.example.org", "localhost.org"})
  void nameOfSomebodyElse(String host) {
    Answer answer = http.ask(HttpMethod.GET, "/health", "Host", host);

    assertThat(answer.status()).isEqualTo(421);
    assertThat(answer.problem()).contains('"' + host + '"');
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:1",
        "app.localhost",
        "127.0.0.1:8080",
        "127.1.2.3",
        "[::1]:8080"
      })
  void nameOfTheLoopbackIsNotRefused(String host) {
    assertThat(http.ask(HttpMethod.GET, "/none", "Host", host).status()).isEqualTo(404);
  }

  @Test
  void jobWhereNoneAreTaken() {
    try (RunningHttp reading = RunningHttp.start(server -> server, listener -> listener)) {
      Answer answer = reading.post("/jobs/f", "");

      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.problem()).startsWith("This listener takes no jobs");
    }
  }

  @Test
  void answersTellBrowsersToDoNothingWithThem() {
    for (Answer answer : List.of(http.get("/nothing"), http.post("/jobs/f", "", "Origin", "x"))) {
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("Content-Security-Policy"))
          .isEqualTo("default-src 'none'; frame-ancestors 'none'");
      assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
    }
  }
}

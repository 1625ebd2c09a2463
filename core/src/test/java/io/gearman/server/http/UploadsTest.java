// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.WireClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** What bodies take that have not wholly arrived. */
class UploadsTest {

  private static final int ALL_TOGETHER = 1_000;

  private final LoopResources loops = LoopResources.create("uploads-test", 1, true);
  private final Uploads uploads = new Uploads(ALL_TOGETHER);
  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .runOn(loops)
          .handle(
              (request, response) ->
                  uploads
                      .read(request, ALL_TOGETHER)
                      .flatMap(body -> response.status(200).send())
                      .onErrorResume(error -> refuse(response, error)))
          .bindNow(SOON);

  @AfterEach
  void end() {
    server.disposeNow(SOON);
    loops.dispose();
  }

  private static Mono<Void> refuse(HttpServerResponse response, Throwable error) {
    return error instanceof Problem problem
        ? response.status(problem.status()).send()
        : Mono.never(); // the connection is gone
  }

  /** A request that has come so far. */
  private WireClient sends(int bytes, int of) {
    WireClient client = WireClient.connect("127.0.0.1", server.port());
    client.sendBytes(
        ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + of + "\r\n\r\n")
            .getBytes(UTF_8));
    client.sendBytes(new byte[bytes]);
    return client;
  }

  /** Sends whole bodies until one is answered so: what others send takes its time to arrive. */
  private void await(int status, int bytes) {
    long deadline = System.nanoTime() + SOON.toNanos();
    String answer;
    do {
      try (WireClient client = sends(bytes, bytes)) {
        answer = client.receiveLine();
      }
    } while (!answer.contains(" " + status + " ") && System.nanoTime() < deadline);
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void allOfThemTogetherAreBounded() {
    try (WireClient one = sends(600, 601)) {
      await(503, 401);
      await(200, 400);
      one.sendBytes(new byte[1]);
      assertThat(one.receiveLine()).startsWith("HTTP/1.1 200 ");
    }
    await(200, ALL_TOGETHER);
  }

  @Test
  void whatIsGivenUpIsForgotten() {
    try (WireClient given = sends(900, 901)) {
      await(503, 200);
      given.reset();
    }
    await(200, ALL_TOGETHER);
  }
}

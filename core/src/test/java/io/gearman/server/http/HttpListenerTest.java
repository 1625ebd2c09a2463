// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gearman.server.JobServer;
import io.gearman.server.http.RunningHttp.Answer;
import io.gearman.testkit.LogRecorder;
import io.gearman.testkit.WireClient;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.test.StepVerifier;

/** How a listener begins and ends. */
class HttpListenerTest {

  @Test
  void listensOnTheLoopbackUnlessToldOtherwise() {
    try (RunningHttp http = RunningHttp.start(server -> server, listener -> listener)) {
      assertThat(((InetSocketAddress) http.http().address()).getAddress().isLoopbackAddress())
          .isTrue();
    }
  }

  @Test
  void listensWhereItIsTold() {
    try (RunningHttp http =
        RunningHttp.start(server -> server, listener -> listener.host("127.0.0.2"))) {
      assertThat(http.http().host()).isEqualTo("127.0.0.2");
    }
  }

  @Test
  void anyNameWillDoBeyondTheLoopback() {
    try (RunningHttp http =
        RunningHttp.start(server -> server, listener -> listener.host("0.0.0.0"))) {
      assertThat(http.ask(HttpMethod.GET, "/none", "Host", "jobs.example.org").status())
          .isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536})
  void portOutOfRange(int port) {
    assertThatThrownBy(() -> listener().port(port))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("port must be 0 to 65535, not " + port);
  }

  @Test
  void noConnectionsAreTooFew() {
    assertThatThrownBy(() -> listener().maxConnections(0))
        .hasMessage("maxConnections must be 1 to 2147483647, not 0");
  }

  private static HttpListener listener() {
    JobServer.Bound server = JobServer.create().port(0).bind().block(SOON);
    server.disposeNow(SOON);
    return HttpListener.create(server);
  }

  @Test
  void portThatIsTaken() {
    try (RunningHttp http = RunningHttp.start()) {
      StepVerifier.create(HttpListener.create(http.server()).port(http.http().port()).bind())
          .expectErrorSatisfies(
              error ->
                  assertThat(error)
                      .isInstanceOf(ChannelBindException.class)
                      .hasMessageContaining("127.0.0.1:" + http.http().port()))
          .verify(SOON);
    }
  }

  @Test
  void itEndsWithTheJobServer() {
    try (RunningHttp http = RunningHttp.start()) {
      http.server().disposeNow(SOON);

      StepVerifier.create(http.http().onDispose()).expectComplete().verify(SOON);
      assertThat(http.http().isDisposed()).isTrue();
      assertThatThrownBy(() -> WireClient.connect("127.0.0.1", http.http().port()));
    }
  }

  @Test
  void theJobServerGoesOnWithoutIt() {
    try (RunningHttp http = RunningHttp.start();
        TestWorker worker = http.worker("f")) {
      Mono<Answer> asked = http.posting("/jobs/f", "");
      worker.take();
      http.http().disposeNow(SOON);

      worker.awaitCancel();
      StepVerifier.create(asked).expectError().verify(SOON);
      assertThat(http.server().isDisposed()).isFalse();
    }
  }

  @Test
  void jobsThatRunAreAnsweredWhileTheServerDrainsAndNoneAreTaken() {
    String large = "x".repeat(4 << 20);
    try (RunningHttp http = RunningHttp.start();
        TestWorker worker = http.worker("f")) {
      Mono<Answer> asked = http.posting("/jobs/f", "");
      worker.take();
      http.server().drain().subscribe();
      http.await(server -> server.draining());
      Answer refused = http.post("/jobs/f", "");
      worker.complete(large); // and the server ends

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.problem()).isEqualTo("The server drains and takes no new connections");
      assertThat(asked.block(SOON).text()).isEqualTo(large);
      StepVerifier.create(http.http().onDispose()).expectComplete().verify(SOON);
    }
  }

  @Test
  void jobsThatWaitAreAnsweredWhenTheServerIsDisposedOf() {
    try (RunningHttp http = RunningHttp.start()) {
      Mono<Answer> asked = http.posting("/jobs/f", "");
      http.await(server -> !server.functions().isEmpty());
      http.server().disposeNow(SOON);

      assertThat(asked.block(SOON).status()).isEqualTo(503);
      assertThat(asked.block(SOON).problem()).isEqualTo("The job server has ended");
    }
  }

  @Test
  void anIdleConnectionDoesNotHoldUpTheEnd() {
    try (RunningHttp http = RunningHttp.start();
        WireClient idle = WireClient.connect("127.0.0.1", http.http().port());
        WireClient kept = WireClient.connect("127.0.0.1", http.http().port())) {
      kept.sendBytes("GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      kept.receiveLine();
      long began = System.nanoTime();
      http.server().disposeNow(SOON);
      StepVerifier.create(http.http().onDispose()).expectComplete().verify(SOON);

      idle.expectClosed();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void oneConnectionMoreThanThereMayBeIsClosedWithoutAWord() {
    try (LogRecorder log = new LogRecorder("ROOT");
        RunningHttp http =
            RunningHttp.start(server -> server, listener -> listener.maxConnections(2));
        WireClient one = WireClient.connect("127.0.0.1", http.http().port());
        WireClient two = WireClient.connect("127.0.0.1", http.http().port())) {
      for (WireClient served : new WireClient[] {one, two}) {
        served.sendBytes("GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
        assertThat(served.receiveLine()).isEqualTo("HTTP/1.1 404 Not Found\r");
      }
      try (WireClient three = WireClient.connect("127.0.0.1", http.http().port())) {
        three.expectClosed();
      }
      assertThat(log.lines()).noneMatch(line -> line.matches("(ERROR|WARN) .*"));
      two.reset();
      StepVerifier.create(
              Mono.fromCallable(() -> http.get("/none").status())
                  .retry()
                  .subscribeOn(Schedulers.boundedElastic()))
          .expectNext(404)
          .expectComplete()
          .verify(SOON);
    }
  }

  @Test
  void oneThatOtherMachinesCanReachSaysSo() {
    for (boolean jobs : new boolean[] {true, false}) {
      try (LogRecorder log = new LogRecorder("io.gearman.server.JobServer.exposed");
          RunningHttp http =
              RunningHttp.start(
                  server -> server, listener -> listener.host("0.0.0.0").jobs(jobs))) {
        assertThat(log.lines())
            .singleElement()
            .asString()
            .contains(":" + http.http().port())
            .matches(message -> message.contains("run jobs") == jobs);
      }
    }
  }

  @Test
  void aClientThatGoesAwayInMidRequestIsNothingForTheLog() {
    try (LogRecorder log = new LogRecorder("ROOT");
        RunningHttp http = RunningHttp.start()) {
      try (WireClient client = WireClient.connect("127.0.0.1", http.http().port())) {
        client.sendBytes(
            "POST /jobs/f HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\npart"
                .getBytes(UTF_8));
        http.get("/health"); // what was sent before is read by then
        client.reset();
      }
      http.get("/health");

      assertThat(log.lines()).noneMatch(line -> line.matches("(ERROR|WARN) .*"));
    }
  }

  @Test
  void theLastWordOnTheServerIsTheUsers() {
    try (RunningHttp http =
        RunningHttp.start(
            server -> server,
            listener -> listener.http(server -> server.idleTimeout(Duration.ofMillis(50))))) {
      try (WireClient idle = WireClient.connect("127.0.0.1", http.http().port())) {
        idle.expectClosed();
      }
    }
  }

  @Test
  void eachSubscriptionStartsOneOfItsOwn() {
    try (RunningHttp http = RunningHttp.start()) {
      Mono<DisposableServer> bind = HttpListener.create(http.server()).port(0).bind();
      DisposableServer one = bind.block(SOON);
      DisposableServer two = bind.block(SOON);

      assertThat(one.port()).isNotEqualTo(two.port());
      one.disposeNow(SOON);
      two.disposeNow(SOON);
    }
  }
}

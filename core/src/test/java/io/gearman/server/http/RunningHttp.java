// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.gearman.server.JobServer;
import io.gearman.server.ServerSnapshot;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A job server with an HTTP listener, on ports of their own, and somebody who asks it. */
record RunningHttp(JobServer.Bound server, DisposableServer http) implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(15);

  private static final JsonMapper JSON = new JsonMapper();

  /** A whole answer. */
  record Answer(int status, HttpHeaders headers, byte[] body) {

    String text() {
      return new String(body, UTF_8);
    }

    JsonNode json() {
      return JSON.readTree(body);
    }

    String header(String name) {
      return headers.get(name);
    }

    /** The sentence of a problem. */
    String problem() {
      if (!"application/problem+json".equals(header("Content-Type"))
          || json().get("status").intValue() != status) {
        throw new AssertionError(status + " is no problem: " + text());
      }
      return json().get("detail").asString();
    }
  }

  /** Takes jobs. */
  static RunningHttp start() {
    return start(server -> server, http -> http.jobs(true));
  }

  static RunningHttp start(UnaryOperator<JobServer> server, UnaryOperator<HttpListener> http) {
    JobServer.Bound bound = server.apply(JobServer.create().port(0)).bind().block(SOON);
    return new RunningHttp(
        bound, http.apply(HttpListener.create(bound).port(0)).bind().block(SOON));
  }

  @Override
  public void close() {
    http.disposeNow(SOON);
    server.disposeNow(SOON);
  }

  TestWorker worker(String function) {
    return new TestWorker(server.port(), function);
  }

  /** Waits until the server is as it should be. */
  void await(Predicate<ServerSnapshot> state) {
    server
        .snapshot()
        .filter(state)
        .repeatWhenEmpty(empty -> empty.delayElements(Duration.ofMillis(5)))
        .block(SOON);
  }

  String uri(String path) {
    return "http://127.0.0.1:" + http.port() + path;
  }

  /** With a connection of its own for each request. */
  HttpClient client() {
    return HttpClient.create(ConnectionProvider.newConnection());
  }

  Answer get(String path) {
    return ask(HttpMethod.GET, path);
  }

  Answer ask(HttpMethod method, String path, String... headers) {
    return requireNonNull(
        withHeaders(headers)
            .request(method)
            .uri(uri(path))
            .responseSingle(RunningHttp::answer)
            .block(SOON));
  }

  HttpClient withHeaders(String... headers) {
    return client()
        .headers(
            all -> {
              for (int i = 0; i < headers.length; i += 2) {
                all.add(headers[i], headers[i + 1]);
              }
            });
  }

  /** Posts, once, and does not wait for the answer. */
  Mono<Answer> posting(String path, String body, String... headers) {
    return posting(path, body.getBytes(UTF_8), headers);
  }

  Mono<Answer> posting(String path, byte[] body, String... headers) {
    Mono<Answer> answer =
        withHeaders(headers)
            .post()
            .uri(uri(path))
            .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
            .responseSingle(RunningHttp::answer)
            .cache();
    answer.subscribe(ignored -> {}, error -> {});
    return answer;
  }

  Answer post(String path, String body, String... headers) {
    return requireNonNull(posting(path, body, headers).block(SOON));
  }

  /** In chunks, so that nothing is said of its length. */
  Answer postChunks(String path, Flux<byte[]> chunks) {
    return requireNonNull(
        client()
            .post()
            .uri(uri(path))
            .send(chunks.map(Unpooled::wrappedBuffer))
            .responseSingle(RunningHttp::answer)
            .block(SOON));
  }

  /** The body of an answer as it comes. */
  Flux<String> streaming(String path, String body, String... headers) {
    return withHeaders(headers)
        .post()
        .uri(uri(path))
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body.getBytes(UTF_8))))
        .responseContent()
        .asString(UTF_8);
  }

  private static Mono<Answer> answer(HttpClientResponse response, ByteBufMono body) {
    return body.asByteArray()
        .defaultIfEmpty(new byte[0])
        .map(bytes -> new Answer(response.status().code(), response.responseHeaders(), bytes));
  }
}

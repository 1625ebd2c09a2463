// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.util.Objects.requireNonNull;

import io.gearman.testkit.WireClient;
import io.gearman.transport.ServerAddress;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/** The application on a port of its own, and a reader of it. */
record RunningApp(ConfigurableApplicationContext context) implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A whole response. */
  record Answer(int status, String type, String body) {

    List<StreamEvent> events() {
      return StreamEvent.parse(body);
    }

    /** The data of the last event, which must be the result. */
    Report result() {
      return events().get(events().size() - 1).asReport("result");
    }
  }

  static RunningApp start(String... settings) {
    return start(context -> {}, settings);
  }

  static RunningApp start(
      ApplicationContextInitializer<ConfigurableApplicationContext> initializer,
      String... settings) {
    List<String> arguments = new ArrayList<>(List.of(settings));
    arguments.add("--server.port=0");
    return new RunningApp(
        new SpringApplicationBuilder(LogAnalyticsApplication.class)
            .initializers(RunningApp::withItsOwnEventLoops, initializer)
            .run(arguments.toArray(String[]::new)));
  }

  /** By default all applications of a process share them, and the first one to end stops them. */
  private static void withItsOwnEventLoops(ConfigurableApplicationContext context) {
    ReactorResourceFactory loops = new ReactorResourceFactory();
    loops.setUseGlobalResources(false);
    loops.setShutdownQuietPeriod(Duration.ZERO);
    ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, () -> loops);
  }

  int port() {
    String port = context.getEnvironment().getProperty("local.server.port");
    return Integer.parseInt(requireNonNull(port));
  }

  HttpClient http() {
    return HttpClient.create().baseUrl("http://127.0.0.1:" + port());
  }

  /** As curl does it: the body with its length, announced as a form. */
  Answer analyse(byte[] log) {
    return answer(
        http()
            .headers(
                headers ->
                    headers
                        .set("Content-Length", log.length)
                        .set("Content-Type", "application/x-www-form-urlencoded"))
            .post()
            .uri("/analyses")
            .send(Flux.defer(() -> Flux.just(Unpooled.wrappedBuffer(log)))));
  }

  /** In chunks, without a length. */
  Answer analyse(Flux<byte[]> log) {
    return answer(http().post().uri("/analyses").send(log.map(Unpooled::wrappedBuffer)));
  }

  Answer get(String path) {
    return answer(http().get().uri(path));
  }

  static Answer answer(HttpClient.ResponseReceiver<?> request) {
    return requireNonNull(whole(request).block(PATIENCE));
  }

  static Mono<Answer> whole(HttpClient.ResponseReceiver<?> request) {
    return request.responseSingle(
        (response, body) ->
            body.asString()
                .defaultIfEmpty("")
                .map(
                    text ->
                        new Answer(
                            response.status().code(),
                            response.responseHeaders().get("Content-Type", ""),
                            text)));
  }

  void awaitNoJobs() {
    await(() -> jobsOnServer() == 0);
  }

  /** Asks until it is so. */
  void await(BooleanSupplier condition) {
    Mono.fromCallable(condition::getAsBoolean)
        .subscribeOn(Schedulers.boundedElastic())
        .repeatWhen(asked -> asked.delayElements(Duration.ofMillis(20)))
        .filter(Boolean::booleanValue)
        .blockFirst(PATIENCE);
  }

  /** Jobs that the job servers hold, running ones included, and nothing else that they know. */
  int jobsOnServer() {
    return context.getBean(GearmanConfiguration.UsedServers.class).addresses().stream()
        .mapToInt(RunningApp::jobsOn)
        .sum();
  }

  private static int jobsOn(ServerAddress server) {
    try (WireClient admin = WireClient.connect(server.host(), server.port())) {
      return admin.command("status").receiveUntil(".").stream()
          .mapToInt(line -> Integer.parseInt(line.split("\t", -1)[1]))
          .sum();
    }
  }

  @Override
  public void close() {
    context.close();
  }
}

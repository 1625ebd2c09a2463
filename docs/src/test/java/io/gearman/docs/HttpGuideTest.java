// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import io.gearman.server.JobServer;
import io.gearman.server.http.HttpListener;
import io.gearman.testkit.EnabledIfCurl;
import io.gearman.testkit.PeerProcess;
import io.gearman.transport.ServerAddress;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.Job;
import io.gearman.worker.JobFunction;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.test.StepVerifier;

/** The guide to HTTP shows what works: its commands are run, before our worker. */
@EnabledIfCurl
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpGuideTest {

  private static final String GUIDE = "docs/http.md";
  private static final Duration BOUND = Duration.ofSeconds(15);
  private static final Pattern CONSOLE =
      Pattern.compile("```console\n\\$ (.*?)\n(.*?)```", Pattern.DOTALL);

  private final Sinks.Empty<Void> cancelled = Sinks.empty();
  private JobServer.Bound server;
  private DisposableServer http;
  private Disposable working;

  /** A command, and what it prints. */
  record Example(String command, String output) {

    @Override
    public String toString() {
      return command;
    }
  }

  static Stream<Example> examples() {
    return CONSOLE
        .matcher(Repository.read(GUIDE))
        .results()
        .map(found -> new Example(found.group(1), found.group(2)));
  }

  @BeforeAll
  void start() {
    server = JobServer.create().port(0).bind().block(BOUND);
    http = HttpListener.create(server).port(0).jobs(true).bind().block(BOUND);
    working =
        GearmanWorker.builder(new ServerAddress("127.0.0.1", server.port()))
            .function(
                "reverse",
                JobFunction.ofMono(
                    job ->
                        Mono.just(
                            new StringBuilder(text(job)).reverse().toString().getBytes(UTF_8))))
            .function(
                "count",
                JobFunction.ofFlux(
                    job -> Flux.range(1, Integer.parseInt(text(job))).map(HttpGuideTest::line)))
            .function("fail", job -> Flux.error(new IllegalStateException("deliberate")))
            .function(
                "for-ever",
                job ->
                    Flux.<JobUpdate>never()
                        .startWith(new JobEvent.Data(line(1)))
                        .doOnCancel(cancelled::tryEmitEmpty))
            .concurrency(4)
            .build()
            .run()
            .subscribe();
  }

  private static String text(Job job) {
    return new String(job.workload(), UTF_8);
  }

  private static byte[] line(int number) {
    return (number + "\n").getBytes(UTF_8);
  }

  @AfterAll
  void stop() {
    working.dispose();
    http.disposeNow(BOUND);
    server.disposeNow(BOUND);
  }

  private PeerProcess shell(String command) {
    String here = command.replace("localhost:8080", "127.0.0.1:" + http.port());
    return PeerProcess.start(
        Map.of("no_proxy", "*"), List.of("sh", "-c", here.replaceFirst("^curl", "exec curl -sS")));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void commandPrintsWhatTheGuideSays(Example example) {
    String expected =
        Arrays.stream(example.output().strip().split("\n", -1))
            .map(HttpGuideTest::pattern)
            .collect(Collectors.joining("\n"));
    try (PeerProcess curl = shell(example.command())) {
      assertThat(String.join("\n", curl.awaitEnd()).strip()).matches("(?s)" + expected);
    }
  }

  /** Three dots stand for anything, of some lines if they are all there is on theirs. */
  private static String pattern(String line) {
    return line.equals("...")
        ? ".*"
        : Arrays.stream(line.split("\\.\\.\\.", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining("[^\n]*"));
  }

  @Test
  void thereAreExamples() {
    assertThat(examples()).hasSizeGreaterThan(4);
  }

  @Test
  void killingCurlCancelsThePublisherOfTheWorker() {
    try (PeerProcess curl = shell("curl -N -d '' http://localhost:8080/jobs/for-ever")) {
      assertThat(curl.awaitLine()).isEqualTo("1");
      curl.kill();

      StepVerifier.create(cancelled.asMono()).expectComplete().verify(BOUND);
    }
  }

  @Test
  void itsProgramIsTheOneThatIsCompiledHere() {
    Programs.expectCompiled("EmbeddedHttp", Programs.firstOf(GUIDE));
  }

  @Test
  void itsProgramEnds() {
    assertThat(Programs.printedBy(() -> EmbeddedHttp.main(new String[0])))
        .startsWith("Look at http://127.0.0.1:");
  }
}

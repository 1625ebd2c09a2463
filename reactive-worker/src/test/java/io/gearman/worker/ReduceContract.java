// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobFailedException;
import io.gearman.PayloadCodec;
import io.gearman.WorkerException;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.testkit.PeerProcess;
import io.gearman.testkit.RunningServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * Reduce jobs between ours and libgearman, over every job server: a client submits, a worker of a
 * partition function makes parts, a reducer gets each, and the worker puts the results together.
 * libgearman lists the last result first.
 */
@ExtendWith(Libgearman.Installed.class)
abstract class ReduceContract {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final PayloadCodec<String> TEXT = PayloadCodec.utf8();

  private final Disposable.Composite opened = Disposables.composite();
  private final List<PeerProcess> processes = new ArrayList<>();
  private GearmanClient client;

  abstract RunningServer server();

  @BeforeEach
  void connect() {
    client = GearmanClient.builder(server().address()).build();
    opened.add(client);
  }

  @AfterEach
  void close() {
    opened.dispose();
    processes.forEach(PeerProcess::close);
  }

  private void work(String name, JobFunction function) {
    opened.add(
        GearmanWorker.builder(server().address())
            .function(name, function)
            .build()
            .run()
            .subscribe());
  }

  private void libgearmanWorks(String prefix) {
    processes.add(Libgearman.worker(server().address(), prefix));
  }

  private List<String> libgearmanReduces(String workload, String function, String reducer) {
    PeerProcess process =
        Libgearman.client(server().address(), "reduce", function, workload, reducer);
    processes.add(process);
    return process.awaitEnd();
  }

  private static final JobFunction UPPER_CASE =
      JobFunction.ofMono(TEXT, TEXT, word -> Mono.just(word.toUpperCase(Locale.ROOT)));

  /** A partition function: the words of a text, each reduced, in their order. */
  private JobFunction words() {
    return JobFunction.ofMono(
        job ->
            Flux.fromArray(new String(job.workload(), UTF_8).split(" "))
                .map(word -> JobRequest.of(job.reducer(), word, TEXT))
                .flatMapSequential(part -> client.call(part, TEXT), 2)
                .reduce("", (text, word) -> text + word + '.')
                .map(text -> text.getBytes(UTF_8)));
  }

  private Mono<String> reduce(String function, String reducer) {
    return client.call(
        JobRequest.of(function, "hello wide world", TEXT).withReducer(reducer), TEXT);
  }

  @Test
  void ourClientHasAJobPartitionedByLibgearmanAndReducedByUs() {
    libgearmanWorks("mapper");
    work("upper-case", UPPER_CASE);
    StepVerifier.create(reduce("mapper-split", "upper-case"))
        .expectNext("WORLD.WIDE.HELLO.")
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void ourClientHasAJobPartitionedAndReducedByLibgearman() {
    libgearmanWorks("mapper");
    libgearmanWorks("reducer");
    StepVerifier.create(reduce("mapper-split", "reducer-reverse"))
        .expectNext("dlrow.ediw.olleh.")
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void ourClientHearsThatAPartOfLibgearmansFailed() {
    libgearmanWorks("mapper");
    work("failing", job -> Mono.error(new JobFailedException(job.handle())));
    StepVerifier.create(reduce("mapper-split", "failing"))
        .expectError(JobFailedException.class)
        .verify(BOUND);
  }

  @Test
  void libgearmansClientHasAJobPartitionedAndReducedByUs() {
    work("words", words());
    work("upper-case", UPPER_CASE);
    assertThat(libgearmanReduces("hello wide world", "words", "upper-case"))
        .containsExactly("complete HELLO.WIDE.WORLD.");
  }

  @Test
  void libgearmansClientHasAJobPartitionedByUsAndReducedByLibgearman() {
    work("words", words());
    libgearmanWorks("reducer");
    assertThat(libgearmanReduces("hello wide world", "words", "reducer-reverse"))
        .containsExactly("complete olleh.ediw.dlrow.");
  }

  @Test
  void oneWorkerOfOursPartitionsAndReduces() {
    opened.add(
        GearmanWorker.builder(server().address())
            .function("words", words())
            .function("upper-case", UPPER_CASE)
            .concurrency(2)
            .build()
            .run()
            .subscribe());
    StepVerifier.create(reduce("words", "upper-case"))
        .expectNext("HELLO.WIDE.WORLD.")
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aPartThatFailsFailsTheJob() {
    work("words", words());
    work(
        "picky",
        JobFunction.ofMono(
            TEXT,
            TEXT,
            word ->
                word.equals("wide")
                    ? Mono.error(new IllegalStateException("not " + word))
                    : Mono.just(word)));
    StepVerifier.create(reduce("words", "picky"))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(WorkerException.class)
                    .hasMessageContaining("IllegalStateException: not wide"))
        .verify(BOUND);
  }
}

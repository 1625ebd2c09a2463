// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.worker.SessionFixture.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.PayloadCodec;
import io.gearman.PayloadException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** The adapters: what they make of a function's result. */
class JobFunctionTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Job JOB =
      new Job(new JobHandle("here:4730", "H:1"), "f", "", "", bytes("workload"));

  private static JobUpdate completed(String text) {
    return new JobEvent.Completed(bytes(text));
  }

  @Test
  void whatAMonoEmitsIsTheResult() {
    JobFunction function = JobFunction.ofMono(job -> Mono.just(job.workload()));
    StepVerifier.create(function.apply(JOB)).expectNext(completed("workload")).verifyComplete();
  }

  @Test
  void anEmptyMonoHasNoResult() {
    StepVerifier.create(JobFunction.ofMono(job -> Mono.empty()).apply(JOB)).verifyComplete();
  }

  @Test
  void theErrorOfAMonoPasses() {
    JobFunction function = JobFunction.ofMono(job -> Mono.error(new IOException("boom")));
    StepVerifier.create(function.apply(JOB)).verifyErrorMessage("boom");
  }

  @Test
  void theElementsOfAFluxAreData() {
    JobFunction function = JobFunction.ofFlux(job -> Flux.just(bytes("1"), bytes("2")));
    StepVerifier.create(function.apply(JOB))
        .expectNext(new JobEvent.Data(bytes("1")), new JobEvent.Data(bytes("2")))
        .verifyComplete();
  }

  @Test
  void theErrorOfAFluxPasses() {
    JobFunction function =
        JobFunction.ofFlux(
            job -> Flux.concat(Mono.just(bytes("1")), Mono.error(new IOException("boom"))));
    StepVerifier.create(function.apply(JOB))
        .expectNext(new JobEvent.Data(bytes("1")))
        .verifyErrorMessage("boom");
  }

  @Test
  void demandPassesToTheFlux() {
    StepVerifier.create(JobFunction.ofFlux(job -> endless()).apply(JOB), 1)
        .expectNextCount(1)
        .thenRequest(2)
        .expectNextCount(2)
        .thenCancel()
        .verify(BOUND);
  }

  private static Flux<byte[]> endless() {
    return Flux.range(0, Integer.MAX_VALUE).map(i -> bytes(i.toString()));
  }

  @Test
  void codeThatBlocksRunsOnABoundedElasticThread() {
    JobFunction function =
        JobFunction.blocking(job -> Thread.currentThread().getName().getBytes(ISO_8859_1));
    StepVerifier.create(Mono.from(function.apply(JOB)).cast(JobEvent.Completed.class))
        .assertNext(
            result ->
                assertThat(new String(result.bytes(), ISO_8859_1)).startsWith("boundedElastic"))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void nothingBlocksBeforeItIsSubscribed() {
    JobFunction function =
        JobFunction.blocking(
            job -> {
              throw new AssertionError("called");
            });
    assertThat(function.apply(JOB)).isNotNull();
  }

  @Test
  void codeThatBlocksMayHaveNoResult() {
    StepVerifier.create(JobFunction.blocking(job -> null).apply(JOB))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void theExceptionOfCodeThatBlocksPasses() {
    JobFunction function =
        JobFunction.blocking(
            job -> {
              throw new IOException("boom");
            });
    StepVerifier.create(function.apply(JOB))
        .expectErrorMatches(error -> error instanceof IOException)
        .verify(BOUND);
  }

  @Test
  void cancellingInterruptsCodeThatBlocks() {
    Sinks.Empty<Void> begun = Sinks.empty();
    Sinks.Empty<Void> interrupted = Sinks.empty();
    JobFunction function =
        JobFunction.blocking(
            job -> {
              begun.tryEmitEmpty();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.tryEmitEmpty();
              }
              return null;
            });
    Disposable running = Flux.from(function.apply(JOB)).subscribe();
    begun.asMono().block(BOUND);
    running.dispose();
    StepVerifier.create(interrupted.asMono()).expectComplete().verify(BOUND);
  }

  @Test
  void aValueBecomesAValue() {
    JobFunction function =
        JobFunction.ofMono(
            PayloadCodec.utf8(), PayloadCodec.bytes(), text -> Mono.just(bytes(text + '!')));
    StepVerifier.create(function.apply(JOB)).expectNext(completed("workload!")).verifyComplete();
  }

  @Test
  void noValueIsNoResult() {
    JobFunction function =
        JobFunction.ofMono(PayloadCodec.utf8(), PayloadCodec.utf8(), text -> Mono.empty());
    StepVerifier.create(function.apply(JOB)).verifyComplete();
  }

  @Test
  void aValueBecomesValues() {
    JobFunction function =
        JobFunction.ofFlux(
            PayloadCodec.utf8(), PayloadCodec.utf8(), text -> Flux.just(text, "more"));
    StepVerifier.create(function.apply(JOB))
        .expectNext(new JobEvent.Data(bytes("workload")), new JobEvent.Data(bytes("more")))
        .verifyComplete();
  }

  @Test
  void aWorkloadThatIsNoValueIsAnErrorThatNamesTheFunction() {
    Job malformed = new Job(JOB.handle(), "greet", "", "", new byte[] {(byte) 0xff});
    JobFunction mono = JobFunction.ofMono(PayloadCodec.utf8(), PayloadCodec.utf8(), Mono::just);
    JobFunction flux = JobFunction.ofFlux(PayloadCodec.utf8(), PayloadCodec.utf8(), Flux::just);
    for (JobFunction function : List.of(mono, flux)) {
      assertThatThrownBy(() -> function.apply(malformed))
          .isInstanceOf(PayloadException.class)
          .hasMessageContaining("1 bytes of function \"greet\" (ff)");
    }
  }

  @Test
  void aResultThatCannotBeEncodedIsAnError() {
    JobFunction mono =
        JobFunction.ofMono(PayloadCodec.utf8(), PayloadCodec.utf8(), text -> Mono.just("\uD83D"));
    JobFunction flux =
        JobFunction.ofFlux(PayloadCodec.utf8(), PayloadCodec.utf8(), text -> Flux.just("\uD83D"));
    StepVerifier.create(mono.apply(JOB)).verifyError(PayloadException.class);
    StepVerifier.create(flux.apply(JOB)).verifyError(PayloadException.class);
  }
}

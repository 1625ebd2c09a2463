// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.client.SessionFixture.bytes;
import static io.gearman.client.SessionFixture.completed;
import static io.gearman.client.SessionFixture.created;
import static io.gearman.client.SessionFixture.data;
import static io.gearman.client.SessionFixture.handle;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobRestartedException;
import io.gearman.JobStatus;
import io.gearman.Retryable;
import io.gearman.UniqueStatus;
import io.gearman.transport.ConnectionState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What {@code call} and {@code stream} make of the events of {@code run}. */
class ResultsTest {

  private static final JobEvent PROGRESS = new JobEvent.Status(1, 2);
  private static final JobEvent WARNING = new JobEvent.Warning(bytes("warning"));

  /** Runs nothing: every job has the same events. */
  private static final class Rehearsed implements GearmanClient {

    private final List<JobRequest> requests = new ArrayList<>();
    private final Flux<JobEvent> events;

    private Rehearsed(Flux<JobEvent> events) {
      this.events = events;
    }

    @Override
    public Flux<JobEvent> run(JobRequest request) {
      requests.add(request);
      return events;
    }

    @Override
    public Mono<JobHandle> enqueue(JobRequest request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Mono<JobStatus> status(JobHandle handle) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Mono<UniqueStatus> statusByUnique(String unique) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> cancel(JobHandle handle) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Flux<ConnectionState> states() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void dispose() {}
  }

  private static Mono<String> call(JobEvent... events) {
    return new Rehearsed(Flux.just(events))
        .call("f", bytes("x"))
        .map(result -> new String(result, ISO_8859_1));
  }

  private static Flux<String> stream(JobEvent... events) {
    return new Rehearsed(Flux.just(events))
        .stream("f", bytes("x")).map(part -> new String(part, ISO_8859_1));
  }

  @Test
  void aCallIsAPlainJob() {
    Rehearsed client = new Rehearsed(Flux.empty());
    client.call("f", bytes("x"));
    client.stream("g", bytes("y"));
    assertThat(client.requests)
        .containsExactly(JobRequest.of("f", bytes("x")), JobRequest.of("g", bytes("y")));
  }

  @Test
  void aCallJoinsTheDataAndTheEnd() {
    StepVerifier.create(
            call(created("H:1"), data("a"), PROGRESS, data("b"), WARNING, completed("c")))
        .expectNext("abc")
        .verifyComplete();
  }

  @Test
  void partsThatAreEmptyAddNothing() {
    StepVerifier.create(call(data(""), data("a"), data(""), data("b"), completed("")))
        .expectNext("ab")
        .verifyComplete();
  }

  @Test
  void aResultOfOnePartIsHandedOverAsItCame() {
    byte[] part = bytes("whole");
    StepVerifier.create(
            new Rehearsed(Flux.just(new JobEvent.Completed(part))).call("f", bytes("x")))
        .assertNext(result -> assertThat(result).isSameAs(part))
        .verifyComplete();
  }

  @Test
  void aResultWaitsForDemandAndAFailureDoesNot() {
    StepVerifier.create(call(), 0)
        .expectSubscription()
        .thenRequest(1)
        .expectNext("")
        .verifyComplete();
    StepVerifier.create(
            new Rehearsed(Flux.error(new JobFailedException(handle("H:1")))).call("f", bytes("")),
            0)
        .verifyError(JobFailedException.class);
  }

  @Test
  void theResultOfACallIsEmptyRatherThanAbsent() {
    StepVerifier.create(call(created("H:1"), completed(""))).expectNext("").verifyComplete();
  }

  @Test
  void aCallForgetsWhatCameBeforeARestart() {
    StepVerifier.create(
            call(created("H:1"), data("void"), new JobEvent.Restarted(), data("a"), completed("b")))
        .expectNext("ab")
        .verifyComplete();
  }

  @Test
  void aStreamGivesThePartsAndThenTheEnd() {
    StepVerifier.create(
            stream(created("H:1"), data("a"), PROGRESS, data(""), WARNING, completed("c")))
        .expectNext("a", "", "c")
        .verifyComplete();
  }

  @Test
  void aStreamDoesNotGiveAnEndThatIsEmpty() {
    StepVerifier.create(stream(created("H:1"), data("a"), completed("")))
        .expectNext("a")
        .verifyComplete();
  }

  @Test
  void aStreamFailsAtARestartSinceItsPartsCannotBeTakenBack() {
    StepVerifier.create(stream(created("H:1"), data("void"), new JobEvent.Restarted(), data("a")))
        .expectNext("void")
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(Retryable.class)
                    .isInstanceOfSatisfying(
                        JobRestartedException.class,
                        restarted -> assertThat(restarted.handle()).isEqualTo(handle("H:1")))
                    .hasMessageContaining("scripted:4730//H:1"));
  }

  @Test
  void aRestartBeforeTheFirstPartVoidsNothing() {
    StepVerifier.create(stream(created("H:1"), WARNING, new JobEvent.Restarted(), data("a")))
        .expectNext("a")
        .verifyComplete();
  }

  @Test
  void failuresPass() {
    Rehearsed client = new Rehearsed(Flux.error(new JobFailedException(handle("H:1"))));
    StepVerifier.create(client.call("f", bytes(""))).verifyError(JobFailedException.class);
    StepVerifier.create(client.stream("f", bytes(""))).verifyError(JobFailedException.class);
  }

  @Test
  void eventsThatAreNoPartsTakeNoDemand() {
    StepVerifier.create(stream(created("H:1"), PROGRESS, data("a"), WARNING, data("b")), 1)
        .expectNext("a")
        .thenRequest(1)
        .expectNext("b")
        .verifyComplete();
  }
}

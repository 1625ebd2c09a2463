// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.GearmanException;
import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.ServerErrorException;
import io.gearman.transport.ConnectionSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** A submission that goes on with the events of another source. */
class JobElsewhereTest extends SessionFixture {

  private final List<String> asked = new ArrayList<>();

  private final Elsewhere elsewhere =
      new Elsewhere() {
        @Override
        public Flux<JobEvent> apart(ClientSession shared) {
          return source("apart");
        }

        @Override
        public Flux<JobEvent> after(ClientSession failed, GearmanException failure) {
          asked.add(failure.getClass().getSimpleName());
          return source("after");
        }
      };

  private Flux<JobEvent> source(String name) {
    return Flux.just(data("1"), data("2"), data("3"))
        .doOnRequest(n -> asked.add(name + " " + n))
        .doOnCancel(() -> asked.add(name + " cancelled"));
  }

  private TestSubscriber<JobEvent> run(JobRequest request, long demand) {
    return subscribe(new JobFlux(session, request, elsewhere), demand);
  }

  // ---- a subscriber that does not ask for everything

  @Test
  void nothingIsAskedBeforeTheFirstDemand() {
    run(JOB, 0);
    assertThat(asked).isEmpty();
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void whoAsksForEverythingSharesTheConnection() {
    run(JOB, Long.MAX_VALUE);
    assertThat(connection.written()).hasSize(1);
    assertThat(asked).isEmpty();
  }

  @Test
  void whoAsksForSomeHasEventsOfItsOwnAndStaysWithThem() {
    TestSubscriber<JobEvent> job = run(JOB, 1);
    assertThat(job.getReceivedOnNext()).containsExactly(data("1"));
    job.request(Long.MAX_VALUE);
    assertThat(job.getReceivedOnNext()).containsExactly(data("1"), data("2"), data("3"));
    assertThat(job.isTerminatedComplete()).isTrue();
    assertThat(asked).containsExactly("apart 1", "apart " + Long.MAX_VALUE);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void underFlowAllShareTheConnection() {
    agreeOnFlow();
    run(JOB, 1);
    assertThat(connection.written()).hasSize(1);
    assertThat(asked).isEmpty();
  }

  @Test
  void cancellingReachesTheOtherSource() {
    run(JOB, 1).cancel();
    assertThat(asked).containsExactly("apart 1", "apart cancelled");
  }

  @Test
  void whoCancelledFirstHasNoSource() {
    TestSubscriber<JobEvent> job = run(JOB, 0);
    job.cancel();
    job.request(1);
    assertThat(asked).isEmpty();
    assertThat(connection.written()).isEmpty();
  }

  // ---- a failure

  @Test
  void aJobThatIsRefusedGoesOnWithItsDemand() {
    agreeOnFlow();
    TestSubscriber<JobEvent> job = run(JOB, 2);
    connection.receive(ERROR, "code", "refused");
    assertThat(job.getReceivedOnNext()).containsExactly(data("1"), data("2"));
    job.request(1);
    assertThat(job.isTerminatedComplete()).isTrue();
    assertThat(asked)
        .containsExactly(ServerErrorException.class.getSimpleName(), "after 2", "after 1");
  }

  @Test
  void cancellingReachesWhatComesAfterAFailure() {
    agreeOnFlow();
    TestSubscriber<JobEvent> job = run(JOB, 1);
    connection.receive(ERROR, "code", "refused");
    job.cancel();
    assertThat(asked).endsWith("after 1", "after cancelled");
  }

  @Test
  void whoCancelledHasNothingAfterAFailure() {
    run(JOB, Long.MAX_VALUE).cancel();
    connection.receive(ERROR, "code", "refused");
    assertThat(asked).isEmpty();
  }

  @Test
  void aJobThatWasAcceptedFailsWhereItIs() {
    TestSubscriber<JobEvent> job = run(JOB, Long.MAX_VALUE);
    connection.receive(JOB_CREATED, HANDLE);
    connection.close(null);
    assertThat(job.expectTerminalError()).isInstanceOf(ConnectionException.class);
    assertThat(asked).isEmpty();
  }

  @Test
  void oneThatMayBeSentAgainGoesOnAfterWhatWaited() {
    agreeOnFlow();
    TestSubscriber<JobEvent> job = run(JOB.withAttempts(2), 1);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_DATA, HANDLE, "waits");
    connection.receive(WORK_FAIL, HANDLE);
    assertThat(asked).isEmpty();
    job.request(2);
    assertThat(job.getReceivedOnNext()).containsExactly(created(HANDLE), data("waits"), data("1"));
    assertThat(asked).containsExactly(JobFailedException.class.getSimpleName(), "after 1");
  }

  @Test
  void aJobThatEndsWellGoesNowhere() {
    TestSubscriber<JobEvent> job = run(JOB.withAttempts(2), Long.MAX_VALUE);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_COMPLETE, HANDLE, "");
    assertThat(job.isTerminatedComplete()).isTrue();
    assertThat(asked).isEmpty();
  }

  @Test
  void aSourceThatCannotBeMadeFailsTheJob() {
    agreeOnFlow();
    Elsewhere broken =
        new Elsewhere() {
          @Override
          public Flux<JobEvent> apart(ClientSession shared) {
            throw new IllegalStateException("apart");
          }

          @Override
          public Flux<JobEvent> after(ClientSession failed, GearmanException failure) {
            throw new IllegalStateException("after");
          }
        };
    TestSubscriber<JobEvent> job = subscribe(new JobFlux(session, JOB, broken), 1);
    connection.receive(ERROR, "code", "refused");

    assertThat(job.expectTerminalError()).hasMessage("after");
  }

  @Test
  void aSubscriberThatThrowsHasNoJobElsewhere() {
    agreeOnFlow();
    GearmanException thrown = new ServerErrorException("other", "code", "of a job of its own");
    List<Throwable> errors = new ArrayList<>();
    new JobFlux(session, JOB.withAttempts(2), elsewhere)
        .subscribe(
            new CoreSubscriber<JobEvent>() {
              @Override
              public void onSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(JobEvent event) {
                throw thrown;
              }

              @Override
              public void onError(Throwable failure) {
                errors.add(failure);
              }

              @Override
              public void onComplete() {}
            });
    connection.receive(JOB_CREATED, HANDLE);

    assertThat(errors).containsExactly(thrown);
    assertThat(asked).isEmpty();
  }

  @Test
  void aMistakeOfTheCallerIsNotSentElsewhere() {
    byte[] tooLarge = new byte[ConnectionSettings.defaults().maxPacketSize()];
    assertThat(run(JobRequest.of("f", tooLarge), Long.MAX_VALUE).expectTerminalError())
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(asked).isEmpty();
  }
}

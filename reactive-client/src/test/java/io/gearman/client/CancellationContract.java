// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobTimeoutException;
import io.gearman.admin.AdminClient;
import io.gearman.admin.JobEntry;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * What cancelling does to a job, by how far it has come and who else waits for it. With a demand of
 * 1 a job has a connection of its own before a plain server.
 */
abstract class CancellationContract {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final long ALL = Long.MAX_VALUE;
  private static final JobRequest JOB = JobRequest.of("f", "workload".getBytes(ISO_8859_1));
  private static final JobRequest UNIQUE = JOB.withUnique("u");

  private final Disposable.Composite clients = Disposables.composite();

  abstract RunningServer server();

  @AfterEach
  void disposeOfTheClients() {
    clients.dispose();
  }

  private GearmanClient client() {
    GearmanClient client = GearmanClient.builder(server().address()).build();
    clients.add(client);
    return client;
  }

  /** Submits a job and returns, with what cancels it, when it was accepted. */
  private static Disposable accepted(GearmanClient client, JobRequest job, long demand) {
    AtomicReference<Disposable> running = new AtomicReference<>();
    Mono.<JobHandle>create(
            sink -> {
              BaseSubscriber<JobEvent> subscriber =
                  new BaseSubscriber<>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                      subscription.request(demand);
                    }

                    @Override
                    protected void hookOnNext(JobEvent event) {
                      if (event instanceof JobEvent.Created created) {
                        sink.success(created.handle());
                      }
                    }

                    @Override
                    protected void hookOnError(Throwable failure) {
                      sink.error(failure);
                    }
                  };
              running.set(subscriber);
              client.run(job).subscribe(subscriber);
            })
        .block(BOUND);
    return running.get();
  }

  private WireClient worker() {
    WireClient worker = server().connect();
    worker.request(PacketType.CAN_DO, "f");
    return worker;
  }

  private Packet grab(WireClient worker) {
    worker.request(PacketType.GRAB_JOB);
    return worker.receive();
  }

  private void expectAJobFor(WireClient worker) {
    assertThat(grab(worker).type()).isEqualTo(PacketType.JOB_ASSIGN);
  }

  /** A server that was told of it by other means than packets hears of it a little later. */
  private void expectNoJob() {
    AdminClient admin = AdminClient.create(server().address());
    Mono<Boolean> nobodyIsWanted = admin.jobs().all(JobEntry::ignored);
    nobodyIsWanted
        .repeatWhen(again -> again.delayElements(Duration.ofMillis(10)))
        .takeUntil(none -> none)
        .blockLast(BOUND);
    assertThat(grab(worker()).type()).isEqualTo(PacketType.NO_JOB);
  }

  /** What was written before by this client has been heard by then. */
  private static void settle(GearmanClient client, JobHandle handle) {
    client.status(handle).block(BOUND);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, ALL})
  void aJobThatWaitsIsDropped(long demand) {
    accepted(client(), JOB, demand).dispose();
    expectNoJob();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, ALL})
  void aJobThatAnotherClientAwaitsGoesOn(long demand) {
    GearmanClient staying = client();
    Flux<JobEvent> events = staying.run(UNIQUE).replay().autoConnect();
    JobHandle handle = ((JobEvent.Created) events.blockFirst(BOUND)).handle();
    GearmanClient leaving = client();
    accepted(leaving, UNIQUE, demand).dispose();
    settle(leaving, handle);
    WireClient worker = worker();
    Packet job = grab(worker);
    worker.request(PacketType.WORK_COMPLETE, job.text(0), "end");
    StepVerifier.create(events.last())
        .expectNext(new JobEvent.Completed("end".getBytes(ISO_8859_1)))
        .expectComplete()
        .verify(BOUND);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, ALL})
  void aJobThatWasAlsoSubmittedToRunInTheBackgroundRuns(long demand) {
    GearmanClient client = client();
    JobHandle handle = client.enqueue(UNIQUE).block(BOUND);
    accepted(client, UNIQUE, demand).dispose();
    settle(client, handle);
    expectAJobFor(worker());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, ALL})
  void aJobThatRunsIsLeftAndTheClientGoesOn(long demand) {
    GearmanClient client = client();
    Disposable running = accepted(client, JOB, demand);
    WireClient worker = worker();
    Packet job = grab(worker);
    running.dispose();
    settle(client, new JobHandle(server().address().toString(), job.text(0)));
    worker.request(PacketType.WORK_COMPLETE, job.text(0), "end");
    Flux<JobEvent> next = client.run(JOB).replay().autoConnect();
    next.blockFirst(BOUND);
    Packet other = grab(worker);
    worker.request(PacketType.WORK_COMPLETE, other.text(0), "other end");
    StepVerifier.create(next.last())
        .expectNext(new JobEvent.Completed("other end".getBytes(ISO_8859_1)))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aJobThatItsTotalLimitEndsIsDropped() {
    StepVerifier.create(client().run(JOB.withTotalLimit(Duration.ofSeconds(1))))
        .expectNextMatches(JobEvent.Created.class::isInstance)
        .expectError(JobTimeoutException.class)
        .verify(BOUND);
    expectNoJob();
  }

  @Test
  void aBackgroundJobIsCancelledByItsHandleOnly() {
    GearmanClient client = client();
    JobHandle handle = client.enqueue(JOB).block(BOUND);
    client.cancel(handle).block(BOUND);
    expectNoJob();
  }
}

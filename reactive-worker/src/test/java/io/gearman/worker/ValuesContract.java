// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.PayloadCodec;
import io.gearman.PayloadException;
import io.gearman.UniqueStatus;
import io.gearman.WorkerException;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.jackson.JacksonCodec;
import io.gearman.testkit.RunningServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import tools.jackson.core.type.TypeReference;

/** Values from end to end, and background jobs that are watched, over every job server. */
abstract class ValuesContract {

  record Order(String name, int count) {}

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final PayloadCodec<Order> ORDER = JacksonCodec.of(Order.class);
  private static final PayloadCodec<List<Order>> ORDERS = JacksonCodec.of(new TypeReference<>() {});
  private static final JobStatus GONE = new JobStatus(false, false, 0, 0);

  private final Disposable.Composite opened = Disposables.composite();
  private GearmanClient client;

  abstract RunningServer server();

  @AfterEach
  void disposeOfWhatWasOpened() {
    opened.dispose();
  }

  private GearmanClient client() {
    client = GearmanClient.builder(server().address()).build();
    opened.add(client);
    return client;
  }

  private void work(String name, JobFunction function) {
    opened.add(
        GearmanWorker.builder(server().address())
            .function(name, function)
            .build()
            .run()
            .subscribe());
  }

  private static Order twice(Order order) {
    return new Order(order.name(), 2 * order.count());
  }

  @Test
  void aValueIsCalledWithAndAValueReturns() {
    work(
        "split",
        JobFunction.ofMono(
            ORDER, ORDERS, order -> Mono.just(List.of(order, new Order("bag", order.count())))));
    StepVerifier.create(client().call("split", new Order("Grüße", 3), ORDER, ORDERS))
        .expectNext(List.of(new Order("Grüße", 3), new Order("bag", 3)))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void valuesAreStreamed() {
    work(
        "grow",
        JobFunction.ofFlux(ORDER, ORDER, order -> Flux.just(order, twice(order), twice(order))));
    StepVerifier.create(client().stream("grow", new Order("socks", 1), ORDER, ORDER))
        .expectNext(new Order("socks", 1), new Order("socks", 2), new Order("socks", 2))
        .expectComplete()
        .verify(BOUND);
  }

  @Test
  void aWorkloadThatTheWorkerCannotDecodeIsItsException() {
    work("order", JobFunction.ofMono(ORDER, ORDER, Mono::just));
    StepVerifier.create(client().call("order", "{", PayloadCodec.utf8(), ORDER))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        WorkerException.class,
                        exception ->
                            assertThat(new String(exception.bytes(), UTF_8))
                                .startsWith(
                                    PayloadException.class.getName()
                                        + ": Cannot decode 1 bytes of function \"order\" (7b)")))
        .verify(BOUND);
  }

  @Test
  void noResultIsEmptyTextButNoJson() {
    work("nothing", JobFunction.ofMono(ORDER, ORDER, order -> Mono.empty()));
    Order order = new Order("socks", 1);
    StepVerifier.create(client().call("nothing", order, ORDER, PayloadCodec.utf8()))
        .expectNext("")
        .expectComplete()
        .verify(BOUND);
    StepVerifier.create(client.call("nothing", order, ORDER, ORDER))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(PayloadException.class)
                    .hasMessageContaining("0 bytes of function \"nothing\" (empty)"))
        .verify(BOUND);
  }

  @Test
  void aBackgroundJobIsWatchedUntilItIsGone() {
    Sinks.One<byte[]> end = Sinks.one();
    work(
        "slow",
        job ->
            Flux.concat(
                Mono.just(new JobEvent.Status(3, 10)), end.asMono().map(JobEvent.Completed::new)));
    JobHandle handle = client().enqueue(JobRequest.of("slow", new byte[0])).block(BOUND);
    StepVerifier.create(client.watch(handle, PERIOD).distinctUntilChanged().skipWhile(this::early))
        .expectNext(new JobStatus(true, true, 3, 10))
        .then(() -> end.tryEmitValue(new byte[0]))
        .expectNext(GONE)
        .expectComplete()
        .verify(BOUND);
  }

  private boolean early(JobStatus status) {
    return status.known() && status.done() == 0;
  }

  @Test
  void aJobIsFoundByItsUniqueId() {
    JobRequest order = JobRequest.of("order", new byte[0]).withUnique("order-17");
    client().enqueue(order).block(BOUND);
    JobStatus queued = new JobStatus(true, false, 0, 0);
    StepVerifier.create(client.statusByUnique("order-17"))
        .expectNext(new UniqueStatus(queued, 0))
        .expectComplete()
        .verify(BOUND);
    StepVerifier.create(client.statusByUnique("order-18"))
        .expectNext(new UniqueStatus(GONE, 0))
        .expectComplete()
        .verify(BOUND);
    Flux<JobEvent> joined = client.run(order).replay().autoConnect();
    joined.next().block(BOUND);
    StepVerifier.create(client.statusByUnique("order-17"))
        .expectNext(new UniqueStatus(queued, 1))
        .expectComplete()
        .verify(BOUND);
  }
}

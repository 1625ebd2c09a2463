// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.testkit.ScriptedConnection.request;
import static io.gearman.testkit.ScriptedServer.FUNCTION;
import static io.gearman.testkit.ScriptedServer.HANDLE;
import static io.gearman.testkit.ScriptedServer.PART;
import static io.gearman.worker.SessionFixture.bytes;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.EnumSource.Mode.INCLUDE;

import io.gearman.JobUpdate;
import io.gearman.testkit.ScriptedServer;
import io.gearman.testkit.ScriptedServer.Conversation;
import io.gearman.testkit.ScriptedServer.WorkerPoint;
import io.gearman.testkit.WireClient;
import io.gearman.transport.ConnectionSettings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A worker of servers that die. */
class GearmanWorkerFaultTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Duration CONNECT_TIMEOUT = ConnectionSettings.defaults().connectTimeout();

  private final ScriptedServer server = ScriptedServer.start();
  private final Sinks.Empty<Void> cancelled = Sinks.empty();
  private Disposable running = () -> {};

  @AfterEach
  void close() {
    running.dispose();
    server.close();
  }

  private void work(JobFunction function) {
    work(function, UnaryOperator.identity());
  }

  private void work(JobFunction function, UnaryOperator<TcpClient> tcp) {
    running = worker(function, tcp).run().subscribe();
  }

  private GearmanWorker worker(JobFunction function, UnaryOperator<TcpClient> tcp) {
    return GearmanWorker.builder(server.address())
        .clientId("me")
        .function(FUNCTION, function)
        .concurrency(1)
        .connection(ConnectionSettings.defaults().withTcp(tcp))
        .build();
  }

  private static Flux<byte[]> part() {
    return Flux.just(bytes(PART));
  }

  private Flux<byte[]> partAndNoEnd() {
    return part().concatWith(Mono.never()).doOnCancel(cancelled::tryEmitEmpty);
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerComesBackRegistersAnewAndWorks(WorkerPoint death) {
    work(JobFunction.ofFlux(job -> part()));
    server.dieAt(death);
    assertThat(server.serve(WorkerPoint.AFTER_COMPLETE).heard())
        .contains(request(WORK_DATA, HANDLE, PART), request(WORK_COMPLETE, HANDLE, ""))
        .startsWith(
            request(OPTION_REQ, "flow"),
            request(SET_CLIENT_ID, "me"),
            request(CAN_DO, FUNCTION),
            request(GRAB_JOB_ALL));
  }

  @ParameterizedTest
  @EnumSource(
      mode = INCLUDE,
      names = {"AFTER_JOB_ASSIGN", "IN_MID_DATA"})
  void theJobThatItHeldIsCancelled(WorkerPoint death) {
    work(JobFunction.ofFlux(job -> partAndNoEnd()));
    server.dieAt(death);
    cancelled.asMono().block(BOUND);
  }

  @Test
  void whatTheLostJobSendsIsNotSentOnTheNewConnection() {
    Sinks.Many<JobUpdate> lost = Sinks.many().unicast().onBackpressureBuffer();
    work(job -> lost.asFlux().doOnCancel(cancelled::tryEmitEmpty));
    server.dieAt(WorkerPoint.AFTER_JOB_ASSIGN);
    cancelled.asMono().block(BOUND);
    lost.tryEmitComplete();
    Conversation next = server.serve(WorkerPoint.AFTER_GRAB);
    next.peer().expectNothing(Duration.ofMillis(100));
  }

  @Test
  void aWorkerWaitsForAServerThatIsDown() throws InterruptedException {
    CountDownLatch attempts = new CountDownLatch(2); // with the second, the first has failed
    server.refuses();
    work(
        JobFunction.ofFlux(job -> part()), tcp -> tcp.doOnConnect(attempt -> attempts.countDown()));
    assertThat(attempts.await(BOUND.toMillis(), MILLISECONDS)).isTrue();
    server.acceptsAgain();
    server.serve(WorkerPoint.AFTER_COMPLETE);
  }

  @Test
  void aServerThatDoesNotAnswerIsLeftAndTriedAgain() throws Exception {
    VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    LoopResources loops = LoopResources.create("fault-test", 1, true);
    try {
      work(JobFunction.ofFlux(job -> part()), tcp -> tcp.runOn(loops));
      WireClient silent = server.serve(WorkerPoint.AFTER_REGISTRATION).peer();
      time.advanceTimeBy(CONNECT_TIMEOUT.minusMillis(1));
      silent.expectNothing(Duration.ofMillis(100));
      time.advanceTimeBy(Duration.ofMillis(1));
      silent.expectClosed();
      loops.onClient(true).next().submit(() -> {}).get(20, SECONDS); // the pause has begun
      time.advanceTimeBy(Duration.ofMillis(100)); // the longest of first pauses
      server.serve(WorkerPoint.AFTER_COMPLETE);
    } finally {
      running.dispose();
      VirtualTimeScheduler.reset();
      loops.disposeLater(Duration.ZERO, BOUND).block(BOUND);
    }
  }

  @Test
  void eachConnectionIsNegotiatedAnew() {
    work(JobFunction.ofFlux(job -> part()));
    WireClient agreeing = server.serve(WorkerPoint.AFTER_REGISTRATION).peer();
    agreeing.respond(OPTION_RES, "flow").expect(request(GRAB_JOB_ALL));
    agreeing.close();
    server.serve(WorkerPoint.AFTER_COMPLETE); // in plain Gearman
  }

  @Test
  void aServerThatSpeaksSomethingElseIsLeftAndTriedAgain() {
    work(JobFunction.ofFlux(job -> part()));
    server.serve(WorkerPoint.AFTER_GRAB).peer().command("HTTP/1.1 400 Bad Request").expectClosed();
    server.serve(WorkerPoint.AFTER_COMPLETE);
  }

  @Test
  void cancellingClosesTheConnectionAndCancelsTheJob() {
    work(JobFunction.ofFlux(job -> partAndNoEnd()));
    Conversation conversation = server.serve(WorkerPoint.IN_MID_DATA);
    running.dispose();
    conversation.peer().expectClosed();
    cancelled.asMono().block(BOUND);
  }

  @Test
  void aWorkerWorksForOneSubscriberAtATime() {
    Mono<Void> worker = worker(JobFunction.ofFlux(job -> part()), UnaryOperator.identity()).run();
    running = worker.subscribe();
    server.serve(WorkerPoint.AFTER_GRAB);
    StepVerifier.create(worker).verifyErrorMessage("This worker runs already");
    running.dispose();
    running = worker.subscribe();
    server.serve(WorkerPoint.AFTER_GRAB);
  }
}

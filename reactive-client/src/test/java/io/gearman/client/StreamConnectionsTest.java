// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.ScriptedConnection.HandDrivenLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.subscriber.TestSubscriber;

class StreamConnectionsTest extends SessionFixture {

  private static final int SIZE = 2;

  private final List<ScriptedConnection> opened = new ArrayList<>();
  private final StreamConnections streams = new StreamConnections(SIZE, this::connect);

  private Mono<ClientSession> connect(Consumer<ClientSession> onIdle) {
    return Mono.fromSupplier(() -> open(onIdle));
  }

  private ClientSession open(Consumer<ClientSession> onIdle) {
    ScriptedConnection connection = new ScriptedConnection();
    opened.add(connection);
    return connection.open(its -> ClientSession.exclusive(its, SETTINGS, onIdle));
  }

  private TestSubscriber<JobEvent> run() {
    return subscribe(streams.run(JOB, session), 1);
  }

  private void complete(int number) {
    opened.get(number).receive(JOB_CREATED, HANDLE);
    opened.get(number).receive(WORK_COMPLETE, HANDLE, "");
  }

  @Test
  void eachJobHasAConnectionOfItsOwn() {
    run();
    run();
    assertThat(opened).hasSize(2).allSatisfy(its -> assertThat(its.written()).hasSize(1));
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aJobThatFindsAllBusySharesOne() {
    run();
    run();
    run();
    assertThat(opened).hasSize(SIZE);
    assertThat(connection.written()).hasSize(1);
  }

  @Test
  void aConnectionServesTheNextJobWhenItsOwnHasEnded() {
    run();
    complete(0);
    run();
    assertThat(opened).singleElement().satisfies(its -> assertThat(its.written()).hasSize(2));
  }

  @Test
  void anIdleConnectionThatWasLostIsReplaced() {
    run();
    complete(0);
    opened.get(0).close(null);
    run();
    run();
    assertThat(opened).hasSize(3);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aJobWhoseConnectionIsLostBeforeItIsSentGoesElsewhere() {
    HandDrivenLoop loop = new HandDrivenLoop();
    ScriptedConnection own = new ScriptedConnection(loop);
    StreamConnections one =
        new StreamConnections(
            1,
            onIdle ->
                Mono.fromSupplier(
                    () -> own.open(its -> ClientSession.exclusive(its, SETTINGS, onIdle))));
    subscribe(one.run(JOB, session), 1);
    own.receive(JOB_CREATED, HANDLE);
    own.receive(WORK_COMPLETE, HANDLE, "");
    loop.run();
    TestSubscriber<JobEvent> next = subscribe(one.run(JOB, session), 1);
    own.dispose();
    loop.run();
    assertThat(next.isTerminated()).isFalse();
    assertThat(connection.written()).hasSize(1);
  }

  @Test
  void aConnectionThatWasClosedMakesRoomForAnother() {
    run();
    run().cancel();
    assertThat(opened.get(1).isDisposed()).isTrue();
    run();
    assertThat(opened).hasSize(3);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aConnectionThatCannotBeMadeTakesNoRoomAndItsJobSharesOne() {
    AtomicInteger tries = new AtomicInteger();
    StreamConnections unreachable =
        new StreamConnections(
            1,
            onIdle -> {
              tries.incrementAndGet();
              return Mono.error(new IllegalStateException("unreachable"));
            });
    for (int i = 0; i < 2; i++) {
      subscribe(unreachable.run(JOB, session), 1);
    }
    assertThat(tries).hasValue(2);
    assertThat(connection.written()).hasSize(2);
  }

  @Test
  void aConnectionThatComesAfterItsJobHasGoneServesTheNext() {
    Sinks.One<ClientSession> late = Sinks.one();
    List<Consumer<ClientSession>> wanted = new ArrayList<>();
    StreamConnections slow =
        new StreamConnections(
            1,
            onIdle -> {
              wanted.add(onIdle);
              return late.asMono();
            });
    subscribe(slow.run(JOB, session), 1).cancel();
    late.tryEmitValue(open(wanted.get(0)));
    subscribe(slow.run(JOB, session), 1);
    assertThat(wanted).hasSize(1);
    assertThat(opened.get(0).written()).hasSize(1);
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void aConnectionThatComesAfterAllWereDisposedOfIsClosed() {
    Sinks.One<ClientSession> late = Sinks.one();
    StreamConnections slow = new StreamConnections(1, onIdle -> late.asMono());
    subscribe(slow.run(JOB, session), 1).cancel();
    slow.dispose();
    late.tryEmitValue(open(its -> {}));
    assertThat(opened.get(0).isDisposed()).isTrue();
  }

  @Test
  void disposingClosesThemAll() {
    run();
    complete(0);
    run();
    run();
    streams.dispose();
    assertThat(opened).hasSize(2).allSatisfy(its -> assertThat(its.isDisposed()).isTrue());
  }

  @Test
  void withNoneAllowedEveryJobShares() {
    StreamConnections none = new StreamConnections(0, this::connect);
    subscribe(none.run(JOB, session), 1);
    assertThat(opened).isEmpty();
    assertThat(connection.written()).hasSize(1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.testkit.ScriptedConnection.request;
import static io.gearman.testkit.ScriptedServer.FUNCTION;

import io.gearman.testkit.ScriptedServer;
import io.gearman.testkit.ScriptedServer.WorkerPoint;
import io.gearman.testkit.WireClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A server that does not wake a worker that sleeps. */
class SafetyGrabTest {

  private static final Duration SILENCE = Duration.ofMillis(100);

  private final ScriptedServer server = ScriptedServer.start();
  private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
  private Disposable running = () -> {};

  @AfterEach
  void close() {
    running.dispose();
    server.close();
    VirtualTimeScheduler.reset();
  }

  private GearmanWorker.Builder worker() {
    return GearmanWorker.builder(server.address())
        .clientId("me")
        .function(FUNCTION, job -> Mono.empty());
  }

  private void grabsAfter(Duration pause, GearmanWorker worker) {
    running = worker.run().subscribe();
    WireClient peer = server.serve(WorkerPoint.AFTER_PRE_SLEEP).peer();
    time.advanceTimeBy(pause.minusMillis(1));
    peer.expectNothing(SILENCE);
    time.advanceTimeBy(Duration.ofMillis(1));
    peer.expect(request(GRAB_JOB_ALL));
  }

  @Test
  void isAskedAllTheSameAfterHalfAMinute() {
    grabsAfter(Duration.ofSeconds(30), worker().build());
  }

  @Test
  void isAskedAfterAsLongAsTheWorkerIsTold() {
    grabsAfter(Duration.ofSeconds(7), worker().safetyGrab(Duration.ofSeconds(7)).build());
  }
}

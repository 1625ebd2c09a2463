// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.server.RecordingOutlet.response;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.testkit.LogRecorder;
import io.gearman.testkit.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

/** How a server ends. */
class JobServerEndTest {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private final JobServer.Bound server =
      requireNonNull(JobServer.create().port(0).shutdownCommand(true).bind().block(BOUND));
  private final WireClient client = WireClient.connect("127.0.0.1", server.port());

  @AfterEach
  void stop() {
    client.close();
    server.disposeNow(BOUND);
  }

  private void ends() {
    server.onDispose().as(StepVerifier::create).expectComplete().verify(BOUND);
    assertThat(server.isDisposed()).isTrue();
    client.expectClosed();
  }

  /** The listener closes on its own event loop: connections may still be taken for a moment. */
  private void closesItsPort() {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (System.nanoTime() < deadline) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        assertThat(socket.isConnected()).isTrue();
      } catch (ConnectException refused) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new AssertionError("The port still takes connections");
  }

  private String submits() {
    return client.request(SUBMIT_JOB, "f", "", "").receive(JOB_CREATED).text(0);
  }

  private WireClient worker() {
    WireClient worker = WireClient.connect("127.0.0.1", server.port());
    worker.request(CAN_DO, "f").request(GRAB_JOB).receive(JOB_ASSIGN);
    return worker;
  }

  @Test
  void drainingWithoutJobsEndsTheServerAtOnce() {
    server.drain().as(StepVerifier::create).expectComplete().verify(BOUND);
    ends();
  }

  @Test
  void drainingDoesNotWaitForJobsThatNobodyWants() { // SE-30
    try (WireClient leaving = WireClient.connect("127.0.0.1", server.port())) {
      leaving.request(SUBMIT_JOB, "f", "", "").receive(JOB_CREATED);
    }
    server.drain().as(StepVerifier::create).expectComplete().verify(BOUND);
    ends();
  }

  @Test
  void drainingClosesThePortAndServesConnectionsUntilNoJobIsLeft() {
    String first = submits();
    try (WireClient worker = worker()) {
      Disposable draining = server.drain().subscribe();
      closesItsPort();
      String second = submits();
      worker.request(WORK_COMPLETE, first, "one");
      client.expect(response(WORK_COMPLETE, first, "one"));
      worker.request(GRAB_JOB).receive(JOB_ASSIGN);
      assertThat(draining.isDisposed()).isFalse();
      worker.request(WORK_COMPLETE, second, "two");
      client.expect(response(WORK_COMPLETE, second, "two")); // the last result gets through
      ends();
    }
  }

  @Test
  void noJobIsTakenWhileTheLastResultsAreOnTheirWay() {
    try (WireClient slow = WireClient.connect("127.0.0.1", server.port())) {
      String handle = slow.request(SUBMIT_JOB, "f", "", "").receive(JOB_CREATED).text(0);
      client.request(CAN_DO, "f").request(GRAB_JOB).receive(JOB_ASSIGN);
      byte[] result = new byte[32 << 20]; // more than sockets and buffers hold
      client.send(Packet.request(WORK_COMPLETE, handle.getBytes(US_ASCII), result));
      server.drain().subscribe();
      client.expectClosed();
      assertThat(server.isDisposed()).isFalse();
      assertThat(slow.receive(WORK_COMPLETE).argument(1)).hasSize(result.length);
    }
    ends();
  }

  @Test
  void whoStopsWaitingForTheDrainDoesNotStopIt() {
    String handle = submits();
    try (WireClient worker = worker()) {
      server.drain().subscribe().dispose();
      worker.request(WORK_COMPLETE, handle, "");
      client.expect(response(WORK_COMPLETE, handle, ""));
      ends();
    }
  }

  @Test
  void disposingDoesNotWaitForJobs() {
    submits();
    server.dispose();
    ends();
  }

  @Test
  void theShutdownCommandEndsTheServerBehindItsAnswer() {
    assertThat(client.command("shutdown").receiveLine()).isEqualTo("OK\r");
    ends();
  }

  @Test
  void aGracefulShutdownWaitsForTheLastJob() {
    String handle = submits();
    try (WireClient worker = worker()) {
      assertThat(client.command("shutdown graceful").receiveLine()).isEqualTo("OK\r");
      closesItsPort();
      client.request(ECHO_REQ, "").expect(response(ECHO_RES, ""));
      worker.request(WORK_COMPLETE, handle, "");
      client.expect(response(WORK_COMPLETE, handle, ""));
      ends();
    }
  }

  @Test
  void shutdownTakesGracefulOrNothing() {
    assertThat(client.command("shutdown now").receiveLine())
        .isEqualTo("ERR INVALID_ARGUMENTS shutdown+takes+graceful+or+nothing\r");
    client.request(SUBMIT_JOB_BG, "f", "", "").receive(JOB_CREATED);
  }

  @Test
  void drainingForLongerThanItsBoundEndsTheServerWithTheJobsThatAreLeft() {
    client.request(SUBMIT_JOB_BG, "f", "", "").receive(JOB_CREATED);

    server.drain(Duration.ofMillis(50)).as(StepVerifier::create).expectComplete().verify(BOUND);
    ends();
  }

  @Test
  void theBoundOfDrainingHoldsWhetherOrNotItIsWaitedFor() {
    client.request(SUBMIT_JOB_BG, "f", "", "").receive(JOB_CREATED);
    server.drain(Duration.ofMillis(50)).subscribe().dispose();

    ends();
  }

  @Test
  void drainingEndsBeforeItsBoundWhenNoJobIsLeft() {
    server.drain(Duration.ofDays(1)).as(StepVerifier::create).expectComplete().verify(BOUND);
  }

  @Test
  void theBoundOfDrainingMayBeLongerThanClocksCount() {
    Duration bound = Duration.ofSeconds(Long.MAX_VALUE);
    server.drain(bound).as(StepVerifier::create).expectComplete().verify(BOUND);
  }

  @Test
  void aServerThatHasEndedNeedsNoMoreEnding() {
    server.disposeNow(BOUND);
    server.channel().eventLoop().terminationFuture().awaitUninterruptibly(BOUND.toMillis());
    try (LogRecorder log = new LogRecorder("io.netty")) {
      server.drain().as(StepVerifier::create).expectComplete().verify(BOUND);
      server.drain(Duration.ZERO).as(StepVerifier::create).expectComplete().verify(BOUND);
      server.dispose();
      assertThat(log.lines()).isEmpty();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.server.RecordingOutlet.request;
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.WireClient;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class LocalConnectionTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final JobServer.Bound server = JobServer.create().port(0).bind().block(SOON);

  @AfterEach
  void end() {
    server.disposeNow();
  }

  /** Keeps what it hears. */
  private static class Listener implements PacketListener {

    final PacketConnection connection;
    final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    Listener(PacketConnection connection) {
      this.connection = connection;
    }

    @Override
    public void onPacket(Packet packet) {
      heard.add(packet);
    }

    @Override
    public void onWritable() {
      heard.add("writable");
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      heard.add(cause == null ? "closed" : cause);
    }

    void writes(PacketType type, String... arguments) {
      connection.executor().execute(() -> connection.write(request(type, arguments)));
    }

    Object hears() throws InterruptedException {
      Object next = heard.poll(SOON.toSeconds(), TimeUnit.SECONDS);
      assertThat(next).as("heard").isNotNull();
      return next;
    }
  }

  /** After what was written before: the first look may come between a write and its hearing. */
  private Mono<ServerSnapshot> snapshot() {
    return server.snapshot().then(server.snapshot());
  }

  private Listener connect() {
    return server.connect("here", Listener::new).block(SOON);
  }

  @Test
  void packetsAreAnsweredAsOnAnyConnection() throws Exception {
    Listener local = connect();
    local.writes(ECHO_REQ, "hello");

    assertThat(local.hears()).isEqualTo(response(ECHO_RES, "hello"));
  }

  private WireClient worker() {
    WireClient worker = WireClient.connect("127.0.0.1", server.port());
    worker.request(OPTION_REQ, "flow");
    worker.expect(response(OPTION_RES, "flow"));
    worker.send(request(CAN_DO, "f"), request(GRAB_JOB_ALL));
    return worker;
  }

  @Test
  void aJobGoesFromThereToAWorkerOnASocketAndBack() throws Exception {
    try (WireClient worker = worker()) {
      Listener local = connect();
      local.writes(SUBMIT_JOB, "f", "", "work");
      String handle = ((Packet) local.hears()).text(0);
      worker.expect(response(JOB_ASSIGN_UNIQ, handle, "f", "", "work"));
      worker.send(request(WORK_DATA, handle, "part"), request(WORK_COMPLETE, handle, "all"));

      assertThat(local.hears()).isEqualTo(response(WORK_DATA, handle, "part"));
      assertThat(local.hears()).isEqualTo(response(WORK_COMPLETE, handle, "all"));
    }
  }

  @Test
  void whoeverClosesItLeavesItsJobs() throws Exception {
    try (WireClient worker = worker()) {
      Listener local = connect();
      local.writes(SUBMIT_JOB, "f", "", "work");
      String handle = ((Packet) local.hears()).text(0);
      worker.expect(response(JOB_ASSIGN_UNIQ, handle, "f", "", "work"));
      local.connection.dispose();

      worker.expect(response(WORK_CANCEL, handle));
      assertThat(local.hears()).isEqualTo("closed");
      assertThat(local.connection.isDisposed()).isTrue();
    }
  }

  @Test
  void whatWasWrittenBeforeItWasClosedCounts() {
    Listener local = connect();
    local
        .connection
        .executor()
        .execute(
            () -> {
              local.connection.write(request(SUBMIT_JOB_BG, "f", "", "work"));
              local.connection.dispose();
            });

    StepVerifier.create(snapshot().map(snapshot -> snapshot.functions().get(0).waiting()))
        .expectNext(1)
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void aListenerThatDoesNotReadHoldsUpItsWorkerOnly() throws Exception {
    try (WireClient worker = worker()) {
      Listener local = connect();
      local.writes(SUBMIT_JOB, "f", "", "work");
      String handle = ((Packet) local.hears()).text(0);
      local.connection.executor().execute(() -> local.connection.setReading(false));
      Packet[] flood = new Packet[200]; // over the credit of the server, and its high-water mark
      Arrays.fill(flood, request(WORK_DATA, handle, "x".repeat(1 << 10)));
      worker.expect(response(JOB_ASSIGN_UNIQ, handle, "f", "", "work"));
      worker.send(flood);
      worker.send(request(ECHO_REQ, "held up"));
      Listener other = connect();
      other.writes(ECHO_REQ, "served");

      assertThat(other.hears()).isEqualTo(response(ECHO_RES, "served"));
      assertThat(local.heard).isEmpty();
      local.connection.executor().execute(() -> local.connection.setReading(true));
      for (Packet ignored : flood) {
        assertThat(((Packet) local.hears()).type()).isEqualTo(WORK_DATA);
      }
    }
  }

  @Test
  void aListenerThatFailsIsClosedAndNoOther() throws Exception {
    Listener good = connect();
    Listener bad =
        server
            .<Listener>connect(
                "here",
                connection ->
                    new Listener(connection) {
                      @Override
                      public void onPacket(Packet packet) {
                        throw new IllegalStateException("deliberate");
                      }
                    })
            .block(SOON);
    bad.writes(ECHO_REQ, "hello");
    good.writes(ECHO_REQ, "hello");

    assertThat(bad.hears()).isInstanceOf(IllegalStateException.class);
    assertThat(good.hears()).isEqualTo(response(ECHO_RES, "hello"));
  }

  @Test
  void itIsClosedWithTheServer() throws Exception {
    Listener local = connect();
    server.disposeNow(SOON);

    assertThat(local.hears()).isEqualTo("closed");
    StepVerifier.create(server.connect("here", Listener::new))
        .expectErrorMessage("The server has ended")
        .verify(SOON);
    StepVerifier.create(server.snapshot()).expectErrorMessage("The server has ended").verify(SOON);
  }

  @Test
  void itIsClosedWhenTheServerHasDrained() throws Exception {
    Listener local = connect();
    server.drain().block(SOON);

    assertThat(local.hears()).isEqualTo("closed");
  }

  @Test
  void itIsShownWithItsAddress() {
    connect().writes(CAN_DO, "f");

    StepVerifier.create(snapshot().map(snapshot -> snapshot.workers().get(0).address()))
        .expectNext("here")
        .expectComplete()
        .verify(SOON);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.testkit.BlackHole;
import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.KeepAlive;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;

/** Why connections are gone, as the server counts it. */
class ConnectionDeparturesTest {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final int MORE_THAN_SOCKETS_HOLD = 8 << 20;
  private static final LoopResources LOOPS = LoopResources.create("connections", 3, true);

  private final List<JobServer.Bound> servers = new ArrayList<>();

  static List<JobServer> settings() {
    JobServer settings = JobServer.create().port(0);
    return List.of(settings, settings.tcp(tcp -> tcp.runOn(LOOPS)));
  }

  private JobServer.Bound start(JobServer settings) {
    JobServer.Bound server = requireNonNull(settings.bind().block(BOUND));
    servers.add(server);
    return server;
  }

  @AfterEach
  void stop() {
    servers.forEach(server -> server.disposeNow(BOUND));
  }

  @AfterAll
  static void disposeOfLoops() {
    LOOPS.dispose();
  }

  /** A connection that the server knows. */
  private static WireClient connect(JobServer.Bound server) {
    WireClient client = WireClient.connect("127.0.0.1", server.port()).timeout(BOUND);
    client.request(ECHO_REQ, "").receive(ECHO_RES);
    return client;
  }

  private static WireClient connectWithTls(JobServer.Bound server) {
    WireClient client =
        WireClient.connect("127.0.0.1", server.port(), TestTls.sockets(TestTls.client()));
    client.timeout(BOUND).request(ECHO_REQ, "").receive(ECHO_RES);
    return client;
  }

  /** Awaits the end of one connection, for this reason. */
  private static void expect(Departure reason, JobServer.Bound server) {
    server.snapshot().repeat().takeUntil(now -> !counted(now).isEmpty()).blockLast(BOUND);
    assertThat(counted(requireNonNull(server.snapshot().block(BOUND))))
        .isEqualTo(Map.of(reason, 1L));
  }

  private static Map<Departure, Long> counted(ServerSnapshot now) {
    return now.departed().entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** A job whose data is on its way to a client that does not take it; gives its handle. */
  private static String floods(WireClient client, WireClient worker) {
    String handle = client.request(SUBMIT_JOB, "f", "", "").receive(JOB_CREATED).text(0);
    worker.request(CAN_DO, "f").request(GRAB_JOB).receive(JOB_ASSIGN);
    worker.send(
        Packet.request(WORK_DATA, handle.getBytes(US_ASCII), new byte[MORE_THAN_SOCKETS_HOLD]));
    return handle;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoClosesItsConnectionHasLeft(JobServer settings) {
    JobServer.Bound server = start(settings);
    connect(server).close();

    expect(Departure.LEFT, server);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoSaysThatItAsksNoMoreHasLeft(JobServer settings) {
    JobServer.Bound server = start(settings);
    try (WireClient client = connect(server)) {
      client.shutdownOutput().expectClosed();

      expect(Departure.LEFT, server);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aSocketThatIsResetIsThat(JobServer settings) {
    JobServer.Bound server = start(settings);
    connect(server).reset();

    expect(Departure.RESET, server);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aSocketThatIsResetWhileItIsWrittenToIsThat(JobServer settings) {
    JobServer.Bound server = start(settings);
    WireClient client = connect(server);
    try (WireClient worker = connect(server)) {
      floods(client, worker);
      client.reset();

      expect(Departure.RESET, server);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoSendsWhatIsNoGearmanIsInvalid(JobServer settings) {
    JobServer.Bound server = start(settings);
    try (WireClient client = connect(server)) {
      client.sendBytes(new byte[] {0, 'X', 'X', 'X', 0, 0, 0, 0, 0, 0, 0, 0}).expectClosed();

      expect(Departure.INVALID, server);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoSendsMoreThanTheServerTakesIsInvalid(JobServer settings) {
    JobServer.Bound server = start(settings.maxPacketSize(1_000));
    try (WireClient client = connect(server)) {
      client.request(ECHO_REQ, "x".repeat(1_000)).expectClosed();

      expect(Departure.INVALID, server);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoDoesNotTakeItsResultsIsStalled(JobServer settings) {
    JobServer.Bound server = start(settings.stallTimeout(Duration.ofMillis(100)));
    try (WireClient client = connect(server);
        WireClient worker = connect(server)) {
      String handle = floods(client, worker);
      // While the data crosses to another event loop the client looks as if it took more, so that
      // the worker is not held up yet, and nobody waits for the client: there is more.
      long deadline = System.nanoTime() + BOUND.toNanos();
      while (counted(requireNonNull(server.snapshot().block(BOUND))).isEmpty()) {
        worker.request(WORK_DATA, handle, "more").request(ECHO_REQ, "").receive(ECHO_RES);
        assertThat(System.nanoTime()).as("time").isLessThan(deadline);
      }

      expect(Departure.STALLED, server);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aWorkerThatNamesMoreFunctionsThanThereIsRoomForIsRefused(JobServer settings) {
    JobServer.Bound server = start(settings.maxFunctions(1));
    try (WireClient worker = connect(server)) {
      worker.request(CAN_DO, "f").request(CAN_DO, "g").expectClosed();

      expect(Departure.REFUSED, server);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoIsOneTooManyIsRefused(JobServer settings) {
    JobServer.Bound server = start(settings.maxConnections(1));
    try (WireClient first = connect(server);
        WireClient second = WireClient.connect("127.0.0.1", server.port())) {
      second.expectClosed();

      expect(Departure.REFUSED, server);
      first.request(ECHO_REQ, "").receive(ECHO_RES);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoIsOneTooManyIsRefusedBeforeItsHandshake(JobServer settings) {
    JobServer.Bound server = start(settings.maxConnections(1).tls(TestTls.server()));
    try (WireClient first = connectWithTls(server);
        WireClient second = WireClient.connect("127.0.0.1", server.port())) {
      second.expectClosed();

      expect(Departure.REFUSED, server);
      first.request(ECHO_REQ, "").receive(ECHO_RES);
    }
  }

  @Test
  @EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
  void whoAnswersNoMoreHasVanished() {
    KeepAlive soon = new KeepAlive(Duration.ofSeconds(1), Duration.ofSeconds(1), 2);
    JobServer.Bound server =
        start(JobServer.create().port(0).tcp(tcp -> tcp.doOnChannelInit(soon)));
    ServerAddress address = new ServerAddress("127.0.0.1", server.port());
    Connection peer = requireNonNull(ConnectionSettings.defaults().connect(address).block(BOUND));
    server.snapshot().repeat().takeUntil(now -> now.connections() == 1).blockLast(BOUND);
    BlackHole.swallow(peer.channel());

    expect(Departure.VANISHED, server);
    peer.disposeNow(BOUND);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoDoesNotSpeakTlsWhereItIsSpokenHasNone(JobServer settings) {
    JobServer.Bound server = start(settings.tls(TestTls.server()));
    try (WireClient plain = WireClient.connect("127.0.0.1", server.port())) {
      plain.request(ECHO_REQ, "").expectClosed();

      expect(Departure.NO_TLS, server);
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoSpeaksTlsAndLeavesHasLeft(JobServer settings) {
    JobServer.Bound server = start(settings.tls(TestTls.server()));
    WireClient client = connectWithTls(server);
    long received = requireNonNull(server.snapshot().block(BOUND)).bytesReceived();
    client.close();

    assertThat(received).as("bytes, the handshake included").isGreaterThan(200);
    expect(Departure.LEFT, server);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoIsThereWhenTheServerEndsIsClosed(JobServer settings) {
    JobServer.Bound server = start(settings.stallTimeout(BOUND));
    try (WireClient slow = connect(server);
        WireClient worker = connect(server)) {
      String handle = slow.request(SUBMIT_JOB, "f", "", "").receive(JOB_CREATED).text(0);
      worker.request(CAN_DO, "f").request(GRAB_JOB).receive(JOB_ASSIGN);
      worker.send(
          Packet.request(
              WORK_COMPLETE, handle.getBytes(US_ASCII), new byte[MORE_THAN_SOCKETS_HOLD]));
      server.drain().subscribe(); // ends when the slow one has its result
      worker.expectClosed();

      expect(Departure.CLOSED, server);
      assertThat(slow.receive(WORK_COMPLETE).argument(1)).hasSize(MORE_THAN_SOCKETS_HOLD);
    }
  }
}

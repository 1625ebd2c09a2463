// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.server.RecordingOutlet.response;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.WireClient;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.DisposableServer;

/**
 * SE-14. What peers can make the server hold is bounded, whatever they send, declare, and do not
 * read. The heap is that of the test run, 256 MB.
 */
class MemoryBoundsTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Duration STALL = Duration.ofSeconds(3);
  private static final int MIB = 1 << 20;
  private static final long MUCH = 300L * MIB; // more than there is heap
  private static final long LITTLE = 16L * MIB;

  private final List<DisposableServer> servers = new ArrayList<>();
  private final List<AutoCloseable> peers = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable peer : peers) {
      peer.close();
    }
    servers.forEach(server -> server.disposeNow(BOUND));
  }

  private DisposableServer start(JobServer settings) {
    DisposableServer server = settings.port(0).stallTimeout(STALL).bind().block(BOUND);
    servers.add(server);
    isServed(connect(server)); // and warm
    return server;
  }

  private WireClient connect(DisposableServer server) {
    WireClient client = WireClient.connect("127.0.0.1", server.port()).timeout(BOUND);
    peers.add(client);
    return client;
  }

  private Flood flood(DisposableServer server) {
    Flood flood = Flood.connect(server.port());
    peers.add(flood);
    return flood;
  }

  private static void isServed(WireClient client) {
    client.request(ECHO_REQ, "still here").expect(response(ECHO_RES, "still here"));
  }

  private static byte[] bytes(PacketType type, byte[]... arguments) {
    var buffer = Unpooled.buffer();
    Packet.request(type, arguments).writeTo(buffer);
    return ByteBufUtil.getBytes(buffer);
  }

  private static byte[] text(String text) {
    return text.getBytes(ISO_8859_1);
  }

  /** The header of a SUBMIT_JOB_BG and its arguments before the workload. */
  private static byte[] declared(int size) {
    return ByteBuffer.allocate(15)
        .putInt(0x00524551)
        .putInt(PacketType.SUBMIT_JOB_BG.code())
        .putInt(size - 12)
        .put(text("f\0\0"))
        .array();
  }

  @Test
  void aListenerThatDoesNotReadHoldsUpItsWorkerAndIsClosedInTheEnd() {
    DisposableServer server = start(JobServer.create());
    WireClient listener = connect(server).request(SUBMIT_JOB, "f", "", "");
    byte[] handle = listener.receive(JOB_CREATED).argument(0);
    Flood worker = flood(server);
    worker.sendOnce(bytes(CAN_DO, text("f")));
    worker.sendOnce(bytes(GRAB_JOB));
    byte[] data = bytes(WORK_DATA, handle, new byte[64 << 10]);
    long before = Memory.used();
    assertThat(worker.send(data, MUCH)).isLessThan(MUCH);
    Memory.requireGrowthBelow(LITTLE, before);

    WireClient other = connect(server);
    isServed(other);
    awaitWorkers(other, 3); // listener closed: itself, the worker and the first
    assertThat(worker.send(data, MUCH)).isGreaterThanOrEqualTo(MUCH);
    Memory.requireGrowthBelow(LITTLE, before);
  }

  private static void awaitWorkers(WireClient client, int count) {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (client.command("workers").receiveUntil(".").size() > count) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
    }
  }

  @Test
  void aClientThatSendsEchoesAndReadsNoneIsNotRead() {
    DisposableServer server = start(JobServer.create());
    Flood client = flood(server);
    long before = Memory.used();
    assertThat(client.send(bytes(ECHO_REQ, new byte[64 << 10]), MUCH)).isLessThan(MUCH);
    Memory.requireGrowthBelow(LITTLE, before);
    isServed(connect(server));
  }

  @Test
  void aPacketThatIsOnlyDeclaredTakesNothing() {
    DisposableServer server = start(JobServer.create().maxPacketSize(Integer.MAX_VALUE));
    long before = Memory.used();
    for (int i = 0; i < 100; i++) {
      assertThat(flood(server).sendOnce(declared(Integer.MAX_VALUE))).isTrue();
    }
    isServed(connect(server));
    Memory.requireGrowthBelow(LITTLE, before);
  }

  @Test
  void manyPacketsThatAreNearlyCompleteShareOneBudget() {
    DisposableServer server = start(JobServer.create());
    long before = Memory.used();
    List<Flood> hoarders = new ArrayList<>();
    byte[] chunk = new byte[MIB];
    for (int i = 0; i < 12; i++) {
      Flood hoarder = flood(server);
      hoarder.sendOnce(declared(64 * MIB));
      hoarder.send(chunk, 60L * MIB);
      hoarders.add(hoarder);
      isServed(connect(server));
    }
    Memory.requireGrowthBelow(100L * MIB, before);
    assertThat(hoarders.stream().filter(Flood::isClosed)).hasSizeGreaterThanOrEqualTo(11);

    hoarders.forEach(Flood::close);
    awaitWorkers(connect(server), 14); // those that were served, and itself
    Flood honest = flood(server);
    honest.sendOnce(Arrays.copyOf(bytes(ECHO_REQ, chunk), 12));
    assertThat(honest.send(chunk, MIB)).isEqualTo(MIB);
    assertThat(honest.read(12 + MIB)).hasSize(12 + MIB);
  }

  @Test
  void longAnswersAreMadeAsTheyAreReadAndComeInOrder() throws Exception {
    int questions = 20;
    DisposableServer server = start(JobServer.create());
    WireClient client = connect(server);
    for (int i = 0; i < 4_000; i++) {
      client.sendBytes(text("create function " + i + "x".repeat(1_000) + '\n'));
      assertThat(client.receiveLine()).isEqualTo("OK\r");
    }
    byte[] status = text(String.join("\n", client.command("status").receiveUntil(".")));
    long before = Memory.used();
    Flood late = flood(server);
    late.sendOnce(text("status\nmaxqueue nobody\n".repeat(questions)));
    isServed(client);
    Memory.requireGrowthBelow(LITTLE, before);
    for (int i = 0; i < questions; i++) {
      assertThat(late.read(status.length)).isEqualTo(status);
      assertThat(late.read(7)).isEqualTo(text("\n.\nOK\r\n"));
    }
  }

  @Test
  void aWorkerWithManyFunctionsOfLongNamesIsShownInPieces() {
    DisposableServer server = start(JobServer.create());
    Flood worker = flood(server);
    for (int i = 0; i < 1_200; i++) {
      worker.sendOnce(bytes(CAN_DO, text(i + "x".repeat(8_000))));
    }
    WireClient other = connect(server);
    isServed(other);
    long before = Memory.used();
    for (int i = 0; i < 20; i++) {
      flood(server).sendOnce(text("workers\n"));
    }
    isServed(other);
    Memory.requireGrowthBelow(2 * LITTLE, before);
  }

  @Test
  void aWorkerIsAssignedNothingThatItDoesNotRead() {
    DisposableServer server = start(JobServer.create());
    Flood worker = flood(server);
    worker.sendOnce(bytes(CAN_DO, text("f")));
    long before = Memory.used();
    assertThat(worker.send(bytes(GRAB_JOB), MUCH)).isLessThan(MUCH);
    Memory.requireGrowthBelow(LITTLE, before);
    WireClient client = connect(server).request(SUBMIT_JOB, "f", "", "");
    client.receive(JOB_CREATED);
    connect(server).request(CAN_DO, "f").request(GRAB_JOB).receive(JOB_ASSIGN);
  }
}

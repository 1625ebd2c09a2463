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
import static io.gearman.server.RecordingOutlet.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.PacketType;
import io.gearman.testkit.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import reactor.netty.DisposableServer;

/** A server on real sockets among peers that send what no peer should. */
class HostileInputProperties {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final int SOAK = Integer.getInteger("soak", 1);
  private static final int TRIES = 400; // of SOAK rounds each
  private static final long MUCH = 24L << 20;
  private static final int WARM = 50; // tries before memory counts

  private static @Nullable DisposableServer server;
  private static int tries;
  private static long usedWhenWarm;

  @BeforeContainer
  static void start() {
    server =
        JobServer.create()
            .port(0)
            .handlePrefix("H")
            .maxFunctions(200)
            .maxQueuedBytes(64 << 20)
            .stallTimeout(Duration.ofSeconds(1))
            .bind()
            .block(BOUND);
  }

  @AfterContainer
  static void stop() {
    long grown = Memory.used() - usedWhenWarm;
    server.disposeNow(BOUND);
    assertThat(usedWhenWarm == 0 ? 0 : grown)
        .as("bytes that %d tries have left behind", tries)
        .isLessThan(MUCH);
  }

  /** Nothing is shrunk: what one try leaves behind could be what fails the next. */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void whateverPeersSendOthersAreServedAndNothingIsLeft(
      @ForAll("rounds") List<List<HostileConversation>> rounds) {
    for (List<HostileConversation> conversations : rounds) {
      try {
        takePlace(conversations);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(e.getMessage() + " after " + conversations, e);
      }
    }
    if (++tries == WARM) {
      usedWhenWarm = Memory.used();
    }
  }

  @Provide
  Arbitrary<List<List<HostileConversation>>> rounds() {
    return HostileTraffic.conversations().list().ofSize(SOAK);
  }

  private static void takePlace(List<HostileConversation> conversations) {
    Map<WireClient, HostileConversation> peers = new LinkedHashMap<>();
    conversations.forEach(conversation -> peers.put(connect(), conversation));
    try (WireClient healthy = connect()) {
      sendInTurn(peers, isServed(healthy));
      peers.forEach((peer, conversation) -> conversation.end(peer));
      isServed(healthy);
      peers.keySet().forEach(WireClient::close);
      nothingIsLeft(healthy);
      isServed(healthy);
    } finally {
      peers.keySet().forEach(WireClient::close);
    }
  }

  private static void sendInTurn(Map<WireClient, HostileConversation> peers, String lastHandle) {
    Map<WireClient, Iterator<byte[]>> left = new LinkedHashMap<>();
    peers.forEach(
        (peer, conversation) -> left.put(peer, conversation.writes(lastHandle).iterator()));
    while (!left.isEmpty()) {
      left.values().removeIf(writes -> !writes.hasNext());
      left.forEach((peer, writes) -> HostileConversation.send(peer, writes.next()));
    }
  }

  private static WireClient connect() {
    return WireClient.connect("127.0.0.1", server.port()).timeout(BOUND);
  }

  /**
   * An echo, and a job that is submitted and done; of a function that hostile peers do not know.
   */
  private static String isServed(WireClient client) {
    client.request(ECHO_REQ, "still here").expect(response(ECHO_RES, "still here"));
    client.request(SUBMIT_JOB, "healthy", "", "work");
    String handle = client.receive(JOB_CREATED).text(0);
    client.request(CAN_DO, "healthy").request(GRAB_JOB);
    client.expect(response(JOB_ASSIGN, handle, "healthy", "work"));
    client.request(WORK_COMPLETE, handle, "done").request(PacketType.CANT_DO, "healthy");
    client.expect(response(WORK_COMPLETE, handle, "done"));
    return handle;
  }

  /** The others are gone: the server sees it soon, and forgets them and what they held. */
  private static void nothingIsLeft(WireClient client) {
    long deadline = System.nanoTime() + BOUND.toNanos();
    List<String> workers = client.command("workers").receiveUntil(".");
    while (workers.size() > 1) {
      assertThat(System.nanoTime()).as("time, with " + workers).isLessThan(deadline);
      workers = client.command("workers").receiveUntil(".");
    }
    List<String> functions = client.command("status").receiveUntil(".");
    assertThat(functions).allMatch(line -> line.endsWith("\t0\t0"), "neither runs nor has workers");
    dropJobs(client);
    assertThat(client.command("status").receiveUntil("."))
        .allMatch(line -> line.endsWith("\t0\t0\t0"), "is empty");
    for (String line : functions) { // limits keep a function for ever
      String name = line.substring(0, line.indexOf('\t'));
      if (!name.contains(" ")) { // else no line could have limited it
        client.command("maxqueue " + name).receiveLine();
      }
    }
  }

  /** What was asked for in the background would fill the server in the end. */
  private static void dropJobs(WireClient client) {
    List<String> jobs = new ArrayList<>(client.command("show jobs").receiveUntil("."));
    for (String job : jobs) {
      client.command("cancel job " + job.substring(0, job.indexOf('\t')));
      assertThat(client.receiveLine()).isEqualTo("OK\r");
    }
  }
}

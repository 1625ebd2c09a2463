// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import static io.gearman.peers.Role.*;
import static io.gearman.peers.Scenario.*;
import static io.gearman.protocol.PacketType.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.testkit.PeerProcess;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What every client and worker can do on every job server: ours, and gearmand. */
interface PeersContract {

  String SMALL = "256";
  String LARGE = "1048576";
  String BINARY = "256";
  String ASCII = "128";
  Duration SOON = Duration.ofSeconds(10);

  RunningServer server();

  Peers peers();

  @ForPeers(FOREGROUND)
  default void aCallReturnsTheResult(Peer client, Peer worker) {
    assertPrints(
        call(client, Peers.function(worker, "reverse"), "hello"),
        printedBy(client, "complete olleh"));
  }

  @ForPeers(BINARY_PAYLOAD)
  default void allBytesTravelBothWays(Peer client, Peer worker) {
    String reverse = Peers.function(worker, "reverse");
    assertPrints(peers().client(client, "bytes", reverse, SMALL, BINARY), "reversed");
  }

  @ForPeers(LARGE_PAYLOAD)
  default void aMebibyteTravelsBothWays(Peer client, Peer worker) {
    String reverse = Peers.function(worker, "reverse");
    assertPrints(peers().client(client, "bytes", reverse, LARGE, ASCII), "reversed");
  }

  @ForPeers(DATA_WARNING_AND_STATUS)
  default void dataWarningAndStatusComeBeforeTheResult(Peer client, Peer worker) {
    assertPrints(
        call(client, Peers.function(worker, "events"), "work"),
        printedBy(
            client, "data one", "warning careful", "status 1/2", "data two", "complete done"));
  }

  @ForPeers(FAILURE)
  default void aFailureReachesTheClient(Peer client, Peer worker) {
    assertPrints(call(client, Peers.function(worker, "fail"), "work"), printedBy(client, "fail"));
  }

  @ForPeers(EXCEPTION)
  default void anExceptionReachesTheClientThatAskedForThem(Peer client, Peer worker) {
    assertPrints(
        call(client, Peers.function(worker, "exception"), "work"),
        printedBy(client, "exception boom"));
  }

  @ForPeers(UNIQUE_ID)
  default void theUniqueIdReachesTheWorker(Peer client, Peer worker) {
    PeerProcess process =
        peers().client(client, "call", Peers.function(worker, "unique"), "work", "id-1", "normal");
    assertPrints(process, printedBy(client, "complete id-1"));
  }

  @ForPeers(value = BACKGROUND, as = CLIENT)
  default void aBackgroundJobOutlivesItsClient(Peer client) {
    String function = Peers.uniqueName();
    enqueue(client, function, "work", "id-1", "normal");
    Packet job = grab(worker(function));
    assertThat(List.of(job.text(1), job.text(2), job.text(3)))
        .containsExactly(function, "id-1", "work");
  }

  @ForPeers(value = PRIORITIES, as = CLIENT)
  default void backgroundJobsRunInTheOrderOfTheirPriorities(Peer client) {
    String function = Peers.uniqueName();
    for (String priority : List.of("low", "normal", "high")) {
      enqueue(client, function, priority, "", priority);
    }
    WireClient worker = worker(function);
    assertThat(Stream.generate(() -> grab(worker).text(3)).limit(3))
        .containsExactly("high", "normal", "low");
  }

  @ForPeers(value = PRIORITIES, as = CLIENT)
  default void foregroundJobsRunInTheOrderOfTheirPriorities(Peer client) {
    String function = Peers.uniqueName();
    int waiting = 0;
    for (String priority : List.of("low", "normal", "high")) {
      peers().client(client, "call", function, priority, "", priority);
      awaitJobs(function, ++waiting);
    }
    WireClient worker = worker(function);
    assertThat(Stream.generate(() -> grab(worker).text(3)).limit(3))
        .containsExactly("high", "normal", "low");
  }

  @ForPeers(value = PRIORITIES, as = WORKER)
  default void aWorkerRunsJobsInTheOrderOfTheirPriorities(Peer worker) {
    String prefix = Peers.uniqueName();
    WireClient client = server().connect().timeout(SOON);
    for (var type : List.of(SUBMIT_JOB_LOW, SUBMIT_JOB, SUBMIT_JOB_HIGH)) {
      client.request(type, prefix + "-reverse", "", type.name()).receive(JOB_CREATED);
    }
    peers().worker(worker, prefix, "reverse");
    assertThat(Stream.generate(() -> client.receive(WORK_COMPLETE).text(1)).limit(3))
        .containsExactly("HGIH_BOJ_TIMBUS", "BOJ_TIMBUS", "WOL_BOJ_TIMBUS");
  }

  @ForPeers(value = COALESCING, as = CLIENT)
  default void jobsOfOneUniqueIdAreOne(Peer peer) {
    String function = Peers.uniqueName();
    PeerProcess client = peers().client(peer, "call", function, "first", "id-1", "normal");
    awaitJobs(function, 1);
    WireClient other = server().connect();
    other.request(SUBMIT_JOB, function, "id-1", "second").receive(JOB_CREATED);
    awaitJobs(function, 1);
    WireClient worker = worker(function);
    Packet job = grab(worker);
    assertThat(job.text(3)).isEqualTo("first");
    worker.request(WORK_COMPLETE, job.text(0), "shared");
    assertThat(other.receive(WORK_COMPLETE).text(1)).isEqualTo("shared");
    assertPrints(client, printedBy(peer, "complete shared"));
  }

  @ForPeers(value = JOB_STATUS, as = CLIENT)
  default void aClientSeesHowFarItsBackgroundJobIs(Peer peer) {
    String function = Peers.uniqueName();
    PeerProcess client = peers().client(peer, "status", function);
    assertThat(client.awaitLine()).isEqualTo("created");
    assertThat(status(client)).isEqualTo("status 1 0 0/0");
    WireClient worker = worker(function);
    String handle = grab(worker).text(0);
    settled(worker.request(WORK_STATUS, handle, "1", "2"));
    assertThat(status(client)).isEqualTo("status 1 1 1/2");
    settled(worker.request(WORK_COMPLETE, handle, ""));
    assertThat(status(client)).isEqualTo("status 0 0 0/0");
  }

  @ForPeers(value = LOST_WORKER, as = WORKER)
  default void aJobWhoseWorkerIsKilledRunsOnAnother(Peer peer) {
    String prefix = Peers.uniqueName();
    PeerProcess first = peers().worker(peer, prefix, "hold");
    PeerProcess client = peers().client(peer, "call", prefix + "-hold", "work", "", "normal");
    assertThat(first.awaitLine()).isEqualTo("holding");
    PeerProcess second = peers().worker(peer, prefix, "hold");
    first.kill();
    assertThat(second.awaitLine()).isEqualTo("holding");
    second.writeLine("released");
    assertPrints(client, printedBy(peer, "complete released"));
  }

  private PeerProcess call(Peer client, String function, String payload) {
    return peers().client(client, "call", function, payload, "", "normal");
  }

  private void enqueue(
      Peer client, String function, String payload, String unique, String priority) {
    assertPrints(
        peers().client(client, "background", function, payload, unique, priority), "created");
  }

  private static void assertPrints(PeerProcess client, String... lines) {
    assertThat(client.awaitEnd()).as("%s", client).containsExactly(lines);
  }

  /** The command prints what the events bring, without their kind. */
  private static String[] printedBy(Peer client, String... events) {
    return client != Peer.COMMAND
        ? events
        : Stream.of(events)
            .map(line -> line.replace("status 1/2", "status 50% Complete"))
            .map(line -> line.replaceFirst("^fail$", "fail Job failed"))
            .map(line -> line.substring(line.indexOf(' ') + 1))
            .toArray(String[]::new);
  }

  private static String status(PeerProcess client) {
    client.writeLine("?");
    return client.awaitLine();
  }

  private WireClient worker(String function) {
    return settled(server().connect().request(CAN_DO, function));
  }

  private static Packet grab(WireClient worker) {
    return worker.request(GRAB_JOB_UNIQ).receive(JOB_ASSIGN_UNIQ);
  }

  /** Everything this connection sent has been worked off when its echo is back. */
  private static WireClient settled(WireClient connection) {
    connection.request(ECHO_REQ, "settled").receive(ECHO_RES);
    return connection;
  }

  /** Asks the server until this many jobs of a function are there. */
  private void awaitJobs(String function, int jobs) {
    WireClient admin = server().connect();
    String line = function + '\t' + jobs + "\t0\t0";
    long deadline = System.nanoTime() + SOON.toNanos();
    List<String> status;
    do {
      status = admin.command("status").receiveUntil(".");
    } while (!status.contains(line) && System.nanoTime() < deadline);
    assertThat(status).contains(line);
  }
}

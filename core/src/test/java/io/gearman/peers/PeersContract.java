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
  String MEBIBYTE = "1048576";
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

  @ForPeers(value = LARGE_PAYLOAD, as = CLIENT)
  default void aMebibyteTravelsFromAndToTheClient(Peer client) {
    String reverse = Peers.function(Peer.LIBGEARMAN, "reverse");
    assertPrints(peers().client(client, "bytes", reverse, MEBIBYTE, ASCII), "reversed");
  }

  @ForPeers(value = LARGE_PAYLOAD, as = WORKER)
  default void aMebibyteTravelsToAndFromTheWorker(Peer worker) {
    String reverse = Peers.function(worker, "reverse");
    assertPrints(peers().client(Peer.LIBGEARMAN, "bytes", reverse, MEBIBYTE, ASCII), "reversed");
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

  @ForPeers(value = TIME_LIMIT, as = WORKER)
  default void aJobThatTakesTooLongGoesToAnotherWorker(Peer slow) {
    String prefix = Peers.uniqueName();
    PeerProcess holding = peers().worker(slow, prefix, "limited");
    WireClient client = server().connect();
    String function = prefix + "-limited";
    String handle = client.request(SUBMIT_JOB, function, "", "work").receive(JOB_CREATED).text(0);
    assertThat(holding.awaitLine()).isEqualTo("holding");
    assertThat(grabOnceThere(worker(function)).text(0)).isEqualTo(handle);
  }

  @ForPeers(value = STATUS_BY_UNIQUE_ID, as = CLIENT)
  default void aClientSeesHowFarTheJobOfAUniqueIdIs(Peer client) {
    String function = Peers.uniqueName();
    server().connect().request(SUBMIT_JOB, function, function, "work").receive(JOB_CREATED);
    WireClient worker = worker(function);
    settled(worker.request(WORK_STATUS, grab(worker).text(0), "1", "2"));
    assertPrints(
        peers().client(client, "status_by_unique_id", function, function), "status 1 1 1/2");
    assertPrints(
        peers().client(client, "status_by_unique_id", function, "other"), "status 0 0 0/0");
  }

  @ForPeers(value = DELAY, as = CLIENT)
  default void aDelayedJobRunsWhenItIsDue(Peer client) {
    String function = Peers.uniqueName();
    WireClient worker = worker(function);
    assertPrints(peers().client(client, "later", function, "work", "2"), "created");
    worker.request(GRAB_JOB).receive(NO_JOB);
    assertThat(grabOnceThere(worker).text(3)).isEqualTo("work");
  }

  /** The worker that splits joins the results as well; libgearman lists the last one first. */
  @ForPeers(REDUCE)
  default void aJobSplitByOneWorkerIsReducedByAnother(Peer client, Peer reducer) {
    String prefix = Peers.uniqueName();
    peers().worker(Peer.LIBGEARMAN, prefix, "split");
    String reverse = Peers.function(reducer, "reverse");
    assertPrints(
        peers().client(client, "reduce", prefix + "-split", "hello wide world", reverse),
        "complete dlrow.ediw.olleh.");
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

  /**
   * Asks again and again: gearmand 1.1.20 does not wake a worker for a job that is due, and wakes
   * it a moment too early for one that another worker has taken too long for.
   */
  private static Packet grabOnceThere(WireClient worker) {
    long deadline = System.nanoTime() + SOON.toNanos();
    Packet answer;
    do {
      answer = worker.request(GRAB_JOB_UNIQ).receive();
    } while (answer.type() == NO_JOB && System.nanoTime() < deadline);
    assertThat(answer.type()).isEqualTo(JOB_ASSIGN_UNIQ);
    return answer;
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

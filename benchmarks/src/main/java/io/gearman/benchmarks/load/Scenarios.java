// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static io.gearman.benchmarks.load.Peer.GEARMAND_BARE;
import static io.gearman.benchmarks.load.Peer.GEARMAND_BUCKETS;
import static io.gearman.benchmarks.load.Peer.GEARMAND_LIBGEARMAN;
import static io.gearman.benchmarks.load.Peer.GEARMAND_OURS;
import static io.gearman.benchmarks.load.Peer.GEARMAND_UNTHREADED;
import static io.gearman.benchmarks.load.Peer.NATS;
import static io.gearman.benchmarks.load.Peer.OURS;
import static io.gearman.benchmarks.load.Peer.OURS_BARE;
import static io.gearman.benchmarks.load.Peer.OURS_LIBGEARMAN;
import static io.gearman.benchmarks.load.Peer.RAW;
import static io.gearman.benchmarks.load.Peer.RAW_BARE;
import static io.gearman.benchmarks.load.Peer.RSOCKET;
import static io.gearman.benchmarks.load.Peer.RSOCKET_RELAY;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All that is measured, with the targets. */
final class Scenarios {

  private static final int MILLION = 1_000_000;
  private static final Load ONE = Load.inFlight(1);
  private static final Load HUNDRED = Load.inFlight(100);
  private static final int MANY = 300_000; // with unique ids, for which gearmand takes minutes
  private static final Load BACKGROUND = Load.background(512);
  private static final Load MEGABYTES = Load.inFlight(8).withSizes(16, MILLION);
  private static final Load CHUNKS = Load.stream(200_000, 64);

  // What profiles have shown.
  private static final String QUEUE =
      "jobs of another function that wait in its list cost gearmand nothing, as they cost us nothing";
  private static final String KERNEL =
      "the kernel, which takes four fifths of our server's time: each byte goes in and out there, as in gearmand";
  private static final String COPIES =
      "the client, which copies each byte from the socket to the heap";
  private static final String STACKS =
      "client and worker, which are the same on both sides and take most of the cores";
  private static final String BATCHES =
      "each connection is a read and two writes for its few jobs, where with one hundreds share them";
  private static final String CONNECTION_EACH =
      "each job has a connection of its own, and each packet to a client a system call: three quarters of the time of the"
          + " server's event loop are the kernel's";
  private static final int IN_FLIGHT = 512;
  private static final String PROCESSES =
      "system calls and wake-ups of three processes, each of which works off what the one before it has sent";
  private static final String WAKE_UPS =
      "five wake-ups of sleeping processes, one of them for JOB_CREATED; four fifths of the time is the kernel's";
  private static final String WINDOW =
      "each process wakes up for each half of a window of 1,024 chunks, and there is a server between them";

  private Scenarios() {}

  static List<Scenario> all() {
    return List.of(
        server(),
        serverQueue(),
        serverUnique(),
        background(),
        backgroundUnique(),
        stack(),
        streaming(),
        large(),
        largeByEthernet(),
        sizes(),
        connections(),
        new Memory(),
        new Flatness());
  }

  /** Servers as such. */
  static Comparison server() {
    List<Load> empty = loads(8, 64, 512);
    List<Load> full = empty.stream().map(load -> load.withQueued(MILLION)).toList();
    return new Comparison(
        "server",
        "The server alone",
        """
        Jobs of 128 bytes in the foreground by a bare pipelined loader, which is client and worker in one process. Jobs \
        that are queued belong to another function. None has a unique id. gearmand has four threads for connections \
        unless it is told another number, and hands each packet from one to another; the targets are for what is installed.""",
        "jobs",
        List.of(OURS_BARE, GEARMAND_BARE, GEARMAND_UNTHREADED),
        Stream.of(List.of(ONE), empty, full).flatMap(List::stream).toList(),
        Stream.concat(
                empty.stream().map(load -> serverTarget(load, 1)),
                full.stream().map(load -> serverTarget(load, 3).limitedBy(QUEUE)))
            .toList());
  }

  /** What a queue costs a server whose workers take its oldest jobs while others join it. */
  static Comparison serverQueue() {
    List<Load> empty = IntStream.of(8, 64, 512).mapToObj(Load::standing).toList();
    List<Load> full = empty.stream().map(load -> load.withQueued(MILLION)).toList();
    return new Comparison(
        "server-queue",
        "The server alone, with a standing queue",
        """
        Jobs of 128 bytes in the background by the bare loader. For each one that the server has accepted, a worker takes \
        the oldest of the same function and completes it, so that the queue stays as long as said. The latency is from a \
        submission to the assignment that follows it, which is two round trips. None has a unique id. gearmand has 991 \
        buckets for handles unless it is told another number, and looks through the newer ones of a bucket before it finds \
        the oldest; the targets are for what is installed.""",
        "jobs",
        List.of(OURS_BARE, GEARMAND_BARE, GEARMAND_BUCKETS),
        Stream.of(empty, full).flatMap(List::stream).toList(),
        Stream.concat(
                empty.stream().map(load -> queueTarget(load, 1)),
                full.stream().map(load -> queueTarget(load, 3)))
            .toList());
  }

  private static Target queueTarget(Load load, double ratio) {
    return Target.atLeast(
        "server alone, standing queue of the same function, to gearmand",
        load,
        OURS_BARE,
        GEARMAND_BARE,
        Metric.RATE,
        ratio);
  }

  /** What unique ids cost a server. */
  static Comparison serverUnique() {
    Load empty = Load.inFlight(64).withUniqueIds();
    Load full = empty.withQueued(MANY);
    return new Comparison(
        "server-unique",
        "The server alone, with unique ids",
        """
        The same with a unique id for each job, as libgearman's clients give them, also for those that are queued. \
        gearmand has 991 buckets for ids unless it is told another number; the targets are for what is installed.""",
        "jobs",
        List.of(OURS_BARE, GEARMAND_BARE, GEARMAND_BUCKETS),
        List.of(empty, full),
        List.of(serverTarget(empty, 1), serverTarget(full, 3)));
  }

  private static Target serverTarget(Load load, double ratio) {
    return Target.atLeast(
        "server alone, to gearmand", load, OURS_BARE, GEARMAND_BARE, Metric.RATE, ratio);
  }

  static Comparison background() {
    return submissions(
        "background",
        "Submissions in the background",
        """
        Jobs of 128 bytes by the bare loader, which awaits JOB_CREATED; the latency is that of it. They join a queue in \
        which as many as said wait before them. Where that is none, each 100,000 are done before the next come, while no \
        time is taken; where there are many, a run is three such batches, or of each what comes in the time of a run, and \
        they stay. None has a unique id.""",
        MILLION,
        List.of(OURS_BARE, GEARMAND_BARE),
        BACKGROUND);
  }

  static Comparison backgroundUnique() {
    return submissions(
        "background-unique",
        "Submissions with unique ids",
        "The same with a unique id for each job, also for those that are queued.",
        MANY,
        List.of(OURS_BARE, GEARMAND_BARE, GEARMAND_BUCKETS),
        BACKGROUND.withUniqueIds());
  }

  private static Comparison submissions(
      String name, String title, String about, int queued, List<Peer> peers, Load load) {
    Load behindOthers = load.withQueued(queued);
    String target = "background submissions, to gearmand";
    return new Comparison(
        name,
        title,
        about,
        "submissions",
        peers,
        List.of(load, behindOthers),
        List.of(
            Target.atLeast(target, load, OURS_BARE, GEARMAND_BARE, Metric.RATE, 1),
            Target.atLeast(target, behindOthers, OURS_BARE, GEARMAND_BARE, Metric.RATE, 3)));
  }

  /** Server, client and worker. */
  static Comparison stack() {
    List<Target> targets = new ArrayList<>();
    targets.add(
        Target.atLeast(
                "whole stack, to gearmand and libgearman",
                HUNDRED,
                OURS,
                GEARMAND_LIBGEARMAN,
                Metric.RATE,
                10)
            .limitedBy(PROCESSES));
    targets.add(
        Target.atMost(
                "one at a time, to gearmand and libgearman",
                ONE,
                OURS,
                GEARMAND_LIBGEARMAN,
                Metric.LATENCY,
                0.5)
            .limitedBy(WAKE_UPS));
    targets.add(
        Target.atMost("one at a time, to the raw relay", ONE, OURS, RAW, Metric.LATENCY, 2.5));
    targets.add(
        Target.atLeast(
            "our client and worker on gearmand, to libgearman's",
            HUNDRED,
            GEARMAND_OURS,
            GEARMAND_LIBGEARMAN,
            Metric.RATE,
            4));
    for (Load load : loads(1, 8, 64, 512)) {
      targets.add(
          Target.atLeast("request-reply, to NATS", load, OURS, NATS, Metric.RATE, 1.2)
              .limitedBy(PROCESSES));
    }
    return new Comparison(
        "stack",
        "Client, server and worker",
        """
        Jobs of 128 bytes in the foreground, through three processes; libgearman has two workers. The raw relay passes \
        bytes on unread.""",
        "jobs",
        List.of(OURS, GEARMAND_LIBGEARMAN, GEARMAND_OURS, OURS_LIBGEARMAN, NATS, RAW),
        loads(1, 8, 64, 100, 512),
        targets);
  }

  static Comparison streaming() {
    String name = "streaming";
    return new Comparison(
        "streaming",
        "Streaming",
        "The chunks of one job after the other; the latency is that of a whole stream.",
        "chunks",
        List.of(OURS, RSOCKET, RSOCKET_RELAY, GEARMAND_OURS),
        List.of(CHUNKS),
        List.of(
            Target.atLeast(name, CHUNKS, OURS, Metric.RATE, 500_000),
            Target.atLeast(
                    name + ", to RSocket request-stream", CHUNKS, OURS, RSOCKET, Metric.RATE, 1)
                .limitedBy(WINDOW)));
  }

  /** Results of a megabyte. */
  static Comparison large() {
    return new Comparison(
        "large",
        "Results of 1 MB",
        """
        Jobs of 16 bytes with large results, by the bare loader and by each stack of its own. libgearman's sockets have \
        buffers of 32 KiB, and with segments larger than that, as loopback devices have them, it waits for timers of the \
        kernel: what it does here says nothing of other networks.""",
        "jobs",
        List.of(
            OURS_BARE,
            GEARMAND_BARE,
            RAW_BARE,
            OURS,
            GEARMAND_LIBGEARMAN,
            GEARMAND_OURS,
            NATS,
            RAW),
        List.of(MEGABYTES),
        List.of(
            megabytes("results of 1 MB, server alone, to gearmand", OURS_BARE, GEARMAND_BARE, 1.5)
                .limitedBy(KERNEL),
            megabytes("results of 1 MB, server alone, to the raw relay", OURS_BARE, RAW_BARE, 0.5),
            megabytes(
                "results of 1 MB, whole stack, to gearmand and libgearman",
                OURS,
                GEARMAND_LIBGEARMAN,
                1.5),
            megabytes(
                    "results of 1 MB, our client and worker, to those on gearmand",
                    OURS,
                    GEARMAND_OURS,
                    1.5)
                .limitedBy(STACKS),
            megabytes("results of 1 MB, whole stack, to the raw relay", OURS, RAW, 0.5)
                .limitedBy(COPIES)));
  }

  private static Target megabytes(String name, Peer ours, Peer other, double ratio) {
    return Target.atLeast(name, MEGABYTES, ours, other, Metric.BYTES, ratio);
  }

  /** What libgearman does where it does not wait. */
  static Comparison largeByEthernet() {
    String name = "results of 1 MB in segments of 1,500 bytes, ";
    return new Comparison(
            "large-ethernet",
            "Results of 1 MB in small segments",
            "The same over a loopback device whose MTU is 1,500, which is that of an Ethernet.",
            "jobs",
            List.of(OURS_BARE, GEARMAND_BARE, OURS, GEARMAND_LIBGEARMAN, GEARMAND_OURS),
            List.of(MEGABYTES),
            List.of(
                megabytes(name + "server alone, to gearmand", OURS_BARE, GEARMAND_BARE, 1.5)
                    .limitedBy(KERNEL),
                megabytes(
                        name + "whole stack, to gearmand and libgearman",
                        OURS,
                        GEARMAND_LIBGEARMAN,
                        1.5)
                    .limitedBy(COPIES)))
        .byEthernet();
  }

  static Comparison sizes() {
    return new Comparison(
        "sizes",
        "Sizes",
        "Jobs whose result is as large as their workload, through three processes.",
        "jobs",
        List.of(OURS, GEARMAND_LIBGEARMAN, GEARMAND_OURS, NATS, RAW),
        List.of(
            sized(64, 16),
            sized(64, 1 << 10),
            sized(64, 16 << 10),
            sized(8, 1 << 20),
            sized(2, 16 << 20)),
        List.of());
  }

  private static Load sized(int inFlight, int bytes) {
    return Load.inFlight(inFlight).withSizes(bytes, bytes);
  }

  static Comparison connections() {
    Load many = Load.inFlight(IN_FLIGHT);
    return new Comparison(
        "connections",
        "Connections",
        """
        Jobs of 128 bytes that the bare loader submits by one connection after the other. With one in flight each job is \
        a read and a write, whatever connection it comes by; with 512 there are more of them the more connections there \
        are.""",
        "jobs",
        List.of(OURS_BARE, GEARMAND_BARE),
        Stream.concat(connections(ONE), connections(many)).toList(),
        Stream.concat(
                connectionTargets(ONE),
                connectionTargets(many).map(Scenarios::limitedByItsConnections))
            .toList());
  }

  private static Stream<Target> connectionTargets(Load one) {
    return connections(one)
        .skip(1)
        .map(
            load ->
                Target.atMost(
                    "cost of a job to our server, to that with one connection",
                    OURS_BARE,
                    load,
                    one,
                    Metric.SERVER_TIME,
                    1.2));
  }

  private static Target limitedByItsConnections(Target target) {
    boolean share = target.ours().load().connections() < IN_FLIGHT;
    return target.limitedBy(share ? BATCHES : CONNECTION_EACH);
  }

  private static Stream<Load> connections(Load load) {
    return IntStream.of(1, 10, 100, 1_000, 10_000).mapToObj(load::withConnections);
  }

  private static List<Load> loads(int... inFlight) {
    return IntStream.of(inFlight).mapToObj(Load::inFlight).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.testkit.ScriptedConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The slots of a worker with many servers that come and go, and take their time to answer. */
class ManyConnectionsTest {

  private static final int STEPS = 20_000;

  private final List<Server> servers = new ArrayList<>();
  private final List<Sinks.Empty<JobUpdate>> running = new ArrayList<>();
  private Lane lane;

  /** A server as far as grabs are concerned, with or without the flow extension. */
  private final class Server {
    final boolean flow;
    final Queue<Packet> inbox = new ArrayDeque<>();
    ScriptedConnection connection;
    int queued;
    int kept;
    int assigned;
    boolean asleep;

    Server(boolean flow) {
      this.flow = flow;
    }

    boolean isUp() {
      return connection != null;
    }

    void comeUp() {
      connection = new ScriptedConnection();
      WorkerSession session = connection.open(its -> new WorkerSession(its, lane));
      session.register("", Duration.ofHours(1)).subscribe();
      connection.written();
      connection.receive(flow ? SessionFixture.FLOW : SessionFixture.PLAIN);
    }

    void goDown() {
      ScriptedConnection lost = connection;
      connection = null;
      inbox.clear();
      kept = 0;
      asleep = false;
      lost.close(null);
    }

    void submit() {
      queued++;
      if (kept > 0) {
        kept--;
        assign();
      } else if (asleep) {
        wake();
      }
    }

    void hear() {
      inbox.addAll(connection.written());
    }

    /** Works off one packet. */
    void answer() {
      Packet packet = inbox.remove();
      switch (packet.type()) {
        case GRAB_JOB_ALL -> grabbed();
        case PRE_SLEEP -> sleep();
        case WORK_COMPLETE -> {}
        default -> throw new AssertionError(packet);
      }
    }

    private void grabbed() {
      asleep = false;
      if (queued > 0) {
        assign();
      } else if (flow) {
        kept++;
      } else {
        connection.receive(NO_JOB);
      }
    }

    private void sleep() {
      asleep = true;
      for (; kept > 0; kept--) {
        connection.receive(NO_JOB);
      }
      if (queued > 0) {
        wake();
      }
    }

    private void wake() {
      asleep = false;
      connection.receive(NOOP);
    }

    private void assign() {
      queued--;
      connection.receive(JOB_ASSIGN_UNIQ, "H:" + ++assigned, "f", "", "");
    }

    /** Grabs that were sent and have no answer, as it is to see them. */
    long grabs() {
      return kept + inbox.stream().filter(packet -> packet.type().name().contains("GRAB")).count();
    }
  }

  private Mono<JobUpdate> run(Job job) {
    Sinks.Empty<JobUpdate> end = Sinks.empty();
    running.add(end);
    return end.asMono().doOnCancel(() -> running.remove(end));
  }

  private void begin(String kinds, int slots) {
    lane = SessionFixture.lane(slots, this::run);
    kinds.chars().forEach(kind -> servers.add(new Server(kind == 'f')));
  }

  private void hearAll() {
    servers.stream().filter(Server::isUp).forEach(Server::hear);
  }

  private void assertSlots(int slots) {
    long grabs = servers.stream().mapToLong(Server::grabs).sum();
    assertThat(grabs + running.size()).isLessThanOrEqualTo(slots);
  }

  /** p is a plain server, f one with flow. */
  @ParameterizedTest(name = "servers {0}, {1} slots")
  @CsvSource({"ppp,2", "fff,2", "pff,1", "pf,16", "f,3", "p,3", "ffp,5"})
  void jobsAndGrabsNeverExceedTheSlotsAndEachJobIsRun(String kinds, int slots) {
    begin(kinds, slots);
    Random random = new Random(slots);
    for (int step = 0; step < STEPS; step++) {
      act(random, servers.get(random.nextInt(servers.size())));
      hearAll();
      assertSlots(slots);
    }
    assertThat(servers).extracting(server -> server.assigned).allMatch(n -> n > STEPS / 200);
    runTheRest(slots);
    assertThat(servers).extracting(server -> server.queued).containsOnly(0);
  }

  private void act(Random random, Server server) {
    int choice = random.nextInt(100);
    if (choice == 0) {
      if (server.isUp()) {
        server.goDown();
      }
    } else if (choice < 10) {
      if (!server.isUp()) {
        server.comeUp();
      }
    } else if (choice < 30) {
      if (server.isUp()) {
        server.submit();
      }
    } else if (choice < 60) {
      if (!running.isEmpty()) {
        running.remove(random.nextInt(running.size())).tryEmitEmpty();
      }
    } else if (server.isUp() && !server.inbox.isEmpty()) {
      server.answer();
    }
  }

  /** Until nothing moves any more. */
  private void runTheRest(int slots) {
    servers.stream().filter(server -> !server.isUp()).forEach(Server::comeUp);
    for (boolean moved = true; moved; ) {
      moved = false;
      hearAll();
      for (Server server : servers) {
        for (; !server.inbox.isEmpty(); moved = true) {
          server.answer();
          hearAll();
          assertSlots(slots);
        }
      }
      for (; !running.isEmpty(); moved = true) {
        running.remove(0).tryEmitEmpty();
      }
    }
  }

  @ParameterizedTest(name = "servers {0}")
  @CsvSource({"pp", "ff", "pf", "fp"})
  void aBusyServerLeavesRoomForTheOther(String kinds) {
    begin(kinds, 1);
    Server busy = servers.get(0);
    Server other = servers.get(1);
    servers.forEach(Server::comeUp);
    for (int job = 0; job < 100; job++) {
      busy.submit();
    }
    other.submit();
    for (int jobs = 0; other.assigned == 0; jobs++) {
      assertThat(jobs).as("jobs of the busy one before").isLessThan(4);
      runOne();
    }
  }

  private void runOne() {
    while (running.isEmpty()) {
      hearAll();
      servers.stream().filter(server -> !server.inbox.isEmpty()).forEach(Server::answer);
    }
    running.remove(0).tryEmitEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.server.FlowModel.require;
import static io.gearman.server.RecordingOutlet.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.server.TrafficStep.Limits;
import io.gearman.server.TrafficStep.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A broker among peers that do anything. What must hold holds without knowing what they did. */
final class TrafficWorld {

  private static final Duration ALL_DUE = Duration.ofSeconds(61);
  private static final int FINISHER = 99;
  private static final int ROUNDS = 1_000; // in which all work must be done

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final Set<Object> timers = new HashSet<>();
  private final Limits limits;
  private final Broker broker;
  private final Map<Integer, TrafficPeer> peers = new HashMap<>();
  private final List<String> handles = new ArrayList<>();
  private final List<String> story = new ArrayList<>();
  private final RecordingOutlet probeOutlet = new RecordingOutlet();
  private final Peer probe;

  TrafficWorld(Limits limits) {
    this.limits = limits;
    this.broker =
        new Broker(limits.settings(), new Handles("H:test", 1), clock(), new NeverShutDown());
    this.probe = broker.connect(probeOutlet, Permissions.ALL);
  }

  /** Virtual time that knows which timers are set. */
  private Clock clock() {
    VirtualClock clock = new VirtualClock(time);
    return new Clock() {
      @Override
      public Disposable schedule(Duration delay, Runnable task) {
        Object timer = new Object();
        timers.add(timer);
        Disposable scheduled =
            clock.schedule(
                delay,
                () -> {
                  timers.remove(timer);
                  task.run();
                });
        return () -> {
          timers.remove(timer);
          scheduled.dispose();
        };
      }

      @Override
      public long millis() {
        return clock.millis();
      }

      @Override
      public long nanos() {
        return clock.nanos();
      }
    };
  }

  String story() {
    return String.join("\n", story);
  }

  private TrafficPeer peer(int who) {
    return peers.computeIfAbsent(who, key -> new TrafficPeer(broker, handles, story));
  }

  // ---- what happens

  void sends(int who, PacketType type, Words words) {
    send(peer(who), words.packet(type, handles));
  }

  private void send(TrafficPeer peer, Packet packet) {
    if (peer.reading && !peer.ended) {
      happens(
          () -> {
            peer.asks(packet);
            broker.receive(peer.connection, List.of(packet));
          });
    }
  }

  /** The line, and what comes behind it in the same read. */
  void says(int who, String template, Words words) {
    TrafficPeer peer = peer(who);
    if (peer.reading && !peer.ended) {
      String line = words.line(template, handles);
      story.add(peer + " says \"" + line + '"');
      Packet echo = request(PacketType.ECHO_REQ, "x");
      happens(
          () -> {
            peer.asks(echo);
            broker.receive(peer.connection, List.of(line, "status", echo));
          });
    }
  }

  void leaves(int who) {
    TrafficPeer peer = peers.remove(who);
    if (peer != null) {
      story.add(peer + " is gone");
      peer.closed = true; // it hears no more
      happens(() -> broker.disconnect(peer.connection));
      peer.checkNothingIsLeft();
    }
  }

  void inputEnds(int who) {
    TrafficPeer peer = peer(who);
    story.add(peer + " will say no more");
    if (!peer.ended) {
      peer.ended = true;
      happens(() -> broker.inputEnded(peer.connection));
    }
  }

  void clogs(int who, boolean clogged) {
    TrafficPeer peer = peer(who);
    story.add(peer + (clogged ? " takes nothing" : " takes data again"));
    boolean clears = !peer.writable && !clogged;
    peer.writable = !clogged;
    if (clears) {
      happens(() -> broker.writable(peer.connection));
    }
  }

  void passes(Duration duration) {
    story.add(duration + " pass");
    happens(() -> time.advanceTimeBy(duration));
  }

  // ---- what must hold after each step

  private void happens(Runnable step) {
    Set<FunctionQueue> wereQueued = new HashSet<>(broker.functions());
    wereQueued.removeIf(function -> !function.hasQueued());
    int woken = woken();
    step.run();
    settle();
    for (FunctionQueue function : broker.functions()) {
      if (function.hasQueued() && !wereQueued.contains(function)) {
        boolean someSleep = peers.values().stream().anyMatch(peer -> sleepsBefore(peer, function));
        require(!someSleep || woken() > woken, "Nobody is woken for a job");
      }
    }
  }

  private int woken() {
    return peers.values().stream().mapToInt(peer -> peer.woken).sum();
  }

  private static boolean sleepsBefore(TrafficPeer peer, FunctionQueue function) {
    return !peer.closed && peer.sleeping && peer.can(function);
  }

  private void settle() {
    for (Map.Entry<Integer, TrafficPeer> each : List.copyOf(peers.entrySet())) {
      each.getValue().settle();
      if (each.getValue().closed) {
        leaves(each.getKey());
      }
    }
    require(broker.functions().size() <= limits.functions(), "Too many functions");
    broker.functions().forEach(this::check);
  }

  private void check(FunctionQueue function) {
    long workers = peers.values().stream().filter(peer -> peer.can(function)).count();
    require(function.workers == workers, function.workers, "workers and not", workers);
    long running =
        peers.values().stream()
            .flatMap(peer -> peer.connection.owned.toList().stream())
            .filter(job -> job.function == function)
            .count();
    require(function.running == running, function.running, "jobs run and not", running);
    require(function.total() >= running, function.total(), "jobs in all, of which run", running);
    require(function.delayed >= 0, function.delayed, "jobs are delayed");
    for (TrafficPeer peer : peers.values()) {
      boolean mustHear = peer.grabs > 0 || (peer.sleeping && limits.wakeup() == 0);
      require(
          !mustHear || !function.hasQueued() || !peer.can(function), peer, "waits beside a job");
    }
  }

  // ---- the end

  /** All work is done, everybody leaves, and nothing is left. */
  void ends() {
    List.copyOf(peers.keySet()).forEach(who -> clogs(who, false));
    passes(ALL_DUE);
    learnEverything();
    for (int i = 0; i < ROUNDS && isAnythingToDo(); i++) {
      List.copyOf(peers.values()).forEach(this::finishes);
      send(peer(FINISHER), request(PacketType.GRAB_JOB));
    }
    require(!isAnythingToDo(), "Work is never done");
    for (String handle : List.copyOf(handles)) { // those that are never due
      happens(() -> broker.receive(probe, List.of("cancel job " + handle)));
    }
    probeOutlet.text();
    peers.values().forEach(TrafficPeer::checkEnds);
    List.copyOf(peers.keySet()).forEach(this::leaves);
    passes(ALL_DUE); // the alarm for a job that is gone rings once
    checkNothingIsLeft();
  }

  private void learnEverything() {
    for (FunctionQueue function : List.copyOf(broker.functions())) {
      send(peer(FINISHER), Packet.request(PacketType.CAN_DO, function.name));
    }
  }

  private boolean isAnythingToDo() {
    return broker.functions().stream().anyMatch(function -> function.total() > function.delayed);
  }

  private void finishes(TrafficPeer peer) {
    for (Job job : peer.connection.owned.toList()) {
      byte[] handle = ("H:test:1:" + job.number).getBytes(ISO_8859_1);
      send(peer, Packet.request(PacketType.WORK_COMPLETE, handle, new byte[0]));
    }
  }

  private void checkNothingIsLeft() {
    require(timers.isEmpty(), timers.size(), "timers are left");
    for (FunctionQueue function : broker.functions()) {
      require(function.sleepers.isEmpty() && function.keepers.isEmpty(), "A worker is left");
      require(function.total() == 0, function.total(), "jobs are left");
    }
    require(answer("show jobs").equals(".\n"), "Jobs are left");
    require(answer("workers").lines().count() == 2, "Peers are left");
    require(answer("status").matches("(\\w*\t0\t0\t0\n)*\\.\n"), "The status is not empty");
    List.copyOf(broker.functions())
        .forEach(function -> answer("maxqueue " + new String(function.name, ISO_8859_1)));
    String tooLarge = "x".repeat((int) limits.bytes());
    probeOutlet.sent();
    broker.receive(probe, List.of(request(PacketType.SUBMIT_JOB, "f", "", tooLarge)));
    String refusal = probeOutlet.sent().get(0).text(1);
    require(refusal.startsWith("Jobs take 0 of"), refusal);
  }

  private String answer(String line) {
    broker.receive(probe, List.of(line));
    probeOutlet.sent();
    return probeOutlet.text();
  }
}

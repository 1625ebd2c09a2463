// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CANT_DO;
import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GET_STATUS;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.RESET_ABILITIES;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.server.FlowModel.require;
import static io.gearman.server.RecordingOutlet.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.server.FlowPeer.Heard;
import io.gearman.server.FlowStep.Seat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import reactor.core.Disposable;

/** A broker among its peers. Whatever they do, it must do what the model expects of it. */
final class FlowWorld {

  private static final class Timer {
    final long due;
    final Runnable task;
    boolean over;

    Timer(long due, Runnable task) {
      this.due = due;
      this.task = task;
    }
  }

  private final FlowModel model = new FlowModel();
  private final List<Timer> timers = new ArrayList<>();
  private final Broker broker =
      new Broker(
          new ServerSettings(), new Handles("H:test", 1), new ModelClock(), new NeverShutDown());
  private final RecordingOutlet probeOutlet = new RecordingOutlet();
  private final Peer probe = broker.connect(probeOutlet, Permissions.ALL);
  private final Map<Seat, FlowPeer> seated = new EnumMap<>(Seat.class);
  private final List<Heard> heard = new ArrayList<>();
  private final List<String> story = new ArrayList<>();
  private int sequence;

  private final class ModelClock implements Clock {
    @Override
    public Disposable schedule(Duration stallBound, Runnable task) {
      Timer timer = new Timer(model.now() + FlowModel.BOUND, task);
      timers.add(timer);
      return () -> timer.over = true;
    }

    @Override
    public long millis() {
      return model.now();
    }

    @Override
    public long nanos() {
      return 0; // nothing here looks at it
    }
  }

  /** All that was said and heard. */
  String story() {
    return String.join("\n", story);
  }

  // ---- clients

  void submits(FlowStep.Submits step) {
    FlowPeer client = seated(step.who());
    model.submits(client, step);
    send(client, request(step.type(), step.function(), step.unique(), step.workload()));
  }

  void asks(FlowStep.Asks step) {
    List<FlowListener> listeners = model.listenersWithFlow();
    if (step.listener() < 0) {
      asksAsAStranger(step);
    } else if (!listeners.isEmpty()) {
      FlowListener listener = listeners.get(step.listener() % listeners.size());
      Packet packet = packet(step, listener.job.handle());
      model.asks(listener, packet);
      send(listener.peer, packet);
    }
  }

  private void asksAsAStranger(FlowStep.Asks step) {
    FlowPeer stranger = seated(Seat.FLOW_WORKER); // which never submits anything
    model.handles().stream().findFirst().ifPresent(handle -> send(stranger, packet(step, handle)));
  }

  private static Packet packet(FlowStep.Asks step, String handle) {
    return step.type() == PacketType.WORK_CANCEL
        ? request(step.type(), handle)
        : request(step.type(), handle, step.count());
  }

  // ---- workers

  void works(FlowStep.Works step) {
    List<FlowJob> running = model.running();
    if (step.job() < 0) {
      worksAsAStranger(step.type());
    } else if (!running.isEmpty()) {
      works(running.get(step.job() % running.size()), step.type());
    }
  }

  private void works(FlowJob job, PacketType type) {
    FlowPeer worker = job.worker();
    if (job.maySend(type)) {
      Packet packet = packet(type, job.handle());
      job.happens(packet.asResponse());
      send(worker, packet);
    }
  }

  private void worksAsAStranger(PacketType type) {
    FlowPeer stranger = seated(Seat.FLOW_CLIENT); // which never grabs
    stranger.errors++;
    send(stranger, packet(type, "H:test:1:1"));
  }

  /** No two packets are the same. */
  private Packet packet(PacketType type, String handle) {
    String number = Integer.toString(++sequence);
    return switch (type) {
      case WORK_FAIL -> request(type, handle);
      case WORK_STATUS -> request(type, handle, number, "9999");
      default -> request(type, handle, number);
    };
  }

  void learns(Seat who, String function) {
    FlowPeer worker = seated(who);
    worker.functions.add(function);
    send(worker, request(CAN_DO, function));
  }

  void unlearns(Seat who, String function) {
    FlowPeer worker = seated(who);
    worker.functions.remove(function);
    model.releases(worker, job -> job.function.equals(function));
    send(worker, request(CANT_DO, function));
  }

  void resets(Seat who) {
    FlowPeer worker = seated(who);
    worker.functions.clear();
    model.releases(worker, job -> true);
    send(worker, request(RESET_ABILITIES));
  }

  void grabs(Seat who, PacketType type) {
    FlowPeer worker = seated(who);
    model.grabs(worker, type);
    send(worker, request(type));
  }

  void sleeps(Seat who) {
    FlowPeer worker = seated(who);
    worker.fallsAsleep();
    send(worker, request(PRE_SLEEP));
  }

  // ---- connections

  private FlowPeer seated(Seat seat) {
    FlowPeer known = seated.get(seat);
    return known == null ? connect(seat) : known;
  }

  private FlowPeer connect(Seat seat) {
    FlowPeer peer = new FlowPeer(seat, broker, heard);
    seated.put(seat, peer);
    model.peers.add(peer);
    if (seat.exceptions) {
      agree(peer, "exceptions");
    }
    if (seat.flow) {
      agree(peer, "flow");
    }
    if (Seat.WORKERS.contains(seat)) {
      learns(seat, "f");
    }
    return peer;
  }

  private void agree(FlowPeer peer, String option) {
    peer.options++;
    send(peer, request(OPTION_REQ, option));
  }

  void clogs(Seat who) {
    seated(who).writable = false;
    settle();
  }

  void clears(Seat who) {
    FlowPeer peer = seated(who);
    model.clears(peer);
    broker.writable(peer.connection);
    settle();
  }

  void leaves(Seat who) {
    if (seated.containsKey(who)) {
      disconnect(who);
      settle();
    }
  }

  private void disconnect(Seat seat) {
    FlowPeer peer = seated.remove(seat);
    if (peer != null) {
      story.add(peer + " is gone");
      model.leaves(peer);
      broker.disconnect(peer.connection);
      peer.checkNothingIsLeft();
    }
  }

  void timePasses() {
    story.add("Time passes");
    model.timePasses();
    for (Timer timer : List.copyOf(timers)) {
      if (timer.due <= model.now() && !timer.over) {
        timer.over = true;
        timer.task.run();
      }
    }
    settle();
    timers.removeIf(timer -> timer.over);
  }

  private void send(FlowPeer peer, Packet packet) {
    story.add(peer + " says " + packet);
    peer.unreadAnswers |= !peer.writable;
    broker.receive(peer.connection, List.of(packet));
    settle();
  }

  // ---- what must hold after each step

  private void settle() {
    hearAll();
    for (FlowPeer peer : List.copyOf(model.peers)) {
      if (peer.closed) {
        require(model.mayBeClosed(peer), peer, "is closed for no reason");
        disconnect(peer.seat);
        hearAll();
      }
    }
    model.settle();
    broker.functions().forEach(this::checkFunction);
    for (FlowJob job : model.jobs()) {
      String state = job.owner == null ? "10" : "11";
      require(statusOf(job.handle()).equals(state), job, "has no queue or owner, or both");
    }
  }

  private void hearAll() {
    for (Heard one : heard) {
      story.add("  " + one.peer() + " hears " + one.packet());
      if (!one.peer().gone) {
        model.hears(one.peer(), one.packet());
      }
    }
    heard.clear();
    model.heardAll();
  }

  private void checkFunction(FunctionQueue function) {
    String name = name(function);
    long queued = jobs(name, job -> job.owner == null);
    long running = jobs(name, job -> job.owner != null);
    long workers = model.peers.stream().filter(peer -> peer.functions.contains(name)).count();
    int waiting = function.total() - function.running;
    require(waiting == queued, waiting, "jobs wait and not", queued);
    require(function.running == running, function.running, "jobs run and not", running);
    require(function.workers == workers, "There are not", workers, "workers");
  }

  private long jobs(String function, Predicate<FlowJob> which) {
    return model.jobs().stream()
        .filter(job -> job.function.equals(function) && which.test(job))
        .count();
  }

  private static String name(FunctionQueue function) {
    return new String(function.name, ISO_8859_1);
  }

  private String statusOf(String handle) {
    broker.receive(probe, List.of(request(GET_STATUS, handle)));
    Packet status = probeOutlet.sent().get(0);
    return status.text(1) + status.text(2);
  }

  // ---- the end

  /** Everybody leaves, and a last worker does what was to run in the background. */
  void ends() {
    for (Seat seat : Seat.values()) {
      leaves(seat);
    }
    List.copyOf(broker.functions()).forEach(function -> learns(Seat.PLAIN_WORKER, name(function)));
    while (!model.jobs().isEmpty()) {
      grabs(Seat.PLAIN_WORKER, GRAB_JOB);
      works(new FlowStep.Works(WORK_COMPLETE, 0, 1));
    }
    leaves(Seat.PLAIN_WORKER);
    checkNothingIsLeft();
  }

  private void checkNothingIsLeft() {
    require(timers.stream().allMatch(timer -> timer.over), "A timer is left");
    for (FunctionQueue function : broker.functions()) {
      require(function.sleepers.isEmpty() && function.keepers.isEmpty(), "A worker is left");
    }
    for (String handle : model.handles()) {
      require(statusOf(handle).equals("00"), handle, "is left");
    }
    broker.receive(probe, List.of("status"));
    String status = probeOutlet.text();
    require(status.matches("(\\w\t0\t0\t0\n)*\\.\n"), "The last status is", status);
  }
}

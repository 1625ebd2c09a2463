// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection. Gearman knows no roles: any connection may submit jobs, run them, and ask for the
 * state of things.
 */
final class Peer {

  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  /** What this connection waits for. */
  final LongObjectMap<Attachment> attachments = new LongObjectHashMap<>(2);

  /** Running jobs that this connection holds, oldest first. */
  final Set<Job> owned = new LinkedHashSet<>();

  /** Whether this connection is read. */
  final Intake intake;

  /** Holds up what feeds this connection while it takes nothing. */
  final Stall stall;

  /**
   * Attachments to see to when this connection takes data again: late progress, waiting workers.
   */
  final Set<Attachment> revisit = new LinkedHashSet<>();

  String clientId = "-";
  boolean flow; // speaks the flow extension
  boolean exceptions; // wants WORK_EXCEPTION rather than WORK_FAIL
  boolean sleeping;

  private final Outlet outlet;
  private final List<Peer> touched;
  private final List<FunctionQueue> abilities = new ArrayList<>(); // the next to be served first
  private boolean unflushed;
  private int keptGrabs; // grabs that wait for a job

  /**
   * @param touched where this peer enters itself when it has something to flush
   */
  Peer(Outlet outlet, List<Peer> touched, Stall.Clock clock) {
    this.outlet = outlet;
    this.touched = touched;
    this.intake = new Intake(outlet);
    this.stall = new Stall(clock, outlet::close);
  }

  void send(Packet packet) {
    outlet.write(packet);
    touch();
  }

  void send(PacketType type, byte[]... arguments) {
    send(Packet.response(type, arguments));
  }

  void error(String code, String text) {
    send(PacketType.ERROR, ascii(code), ascii(text));
  }

  void sendText(String text) {
    outlet.write(text.getBytes(StandardCharsets.ISO_8859_1));
    touch();
  }

  void flush() {
    unflushed = false;
    outlet.flush();
  }

  boolean isWritable() {
    return outlet.isWritable();
  }

  void close() {
    outlet.close();
  }

  private void touch() {
    if (!unflushed) {
      unflushed = true;
      touched.add(this);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  // ---- as a worker

  List<FunctionQueue> abilities() {
    return abilities;
  }

  /** Newest first, as gearmand serves them; a function that is known already keeps its place. */
  void addAbility(FunctionQueue function) {
    if (function.workers.add(this)) {
      abilities.add(0, function);
    }
    if (sleeping) {
      function.sleepers.add(this);
    }
    if (keptGrabs > 0) {
      function.keepers.add(this);
    }
  }

  boolean removeAbility(FunctionQueue function) {
    function.workers.remove(this);
    function.sleepers.remove(this);
    function.keepers.remove(this);
    return abilities.remove(function);
  }

  void sleep() {
    sleeping = true;
    abilities.forEach(function -> function.sleepers.add(this));
  }

  void awake() {
    if (sleeping) {
      sleeping = false;
      abilities.forEach(function -> function.sleepers.remove(this));
    }
  }

  void wake() {
    awake();
    send(PacketType.NOOP);
  }

  /** A grab waits for a job of any ability. */
  void keepGrab() {
    keptGrabs++;
    abilities.forEach(function -> function.keepers.add(this));
  }

  /** One kept grab is answered; says whether there are more. */
  boolean useKeptGrab() {
    if (--keptGrabs == 0) {
      abilities.forEach(function -> function.keepers.remove(this));
    }
    return keptGrabs > 0;
  }

  /** No grab is kept any more; says how many were. */
  int withdrawGrabs() {
    int withdrawn = keptGrabs;
    keptGrabs = 0;
    abilities.forEach(function -> function.keepers.remove(this));
    return withdrawn;
  }

  /** True if a job waits that this worker could take. */
  boolean hasWork() {
    return abilities.stream().anyMatch(function -> function.queued() > 0);
  }

  /**
   * Takes the next job out of its queue: by priority over all functions of this worker, and in turn
   * between functions of equal priority.
   */
  @Nullable Job takeNext() {
    for (Priority priority : PRIORITIES) {
      for (int i = 0; i < abilities.size(); i++) {
        FunctionQueue function = abilities.get(i);
        Job job = function.queue(priority).pollFirst();
        if (job != null) {
          abilities.add(abilities.remove(i));
          return job;
        }
      }
    }
    return null;
  }
}

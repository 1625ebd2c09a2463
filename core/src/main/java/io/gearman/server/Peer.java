// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
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
  final Chain<Attachment> attachments = new Chain<>();

  /** Running jobs that this connection holds, oldest first. */
  final Set<Job> owned = new LinkedHashSet<>();

  /** Connections that are not read because this one does not take what they cause. */
  final Stall stall;

  String clientId = "-";
  boolean exceptions; // wants WORK_EXCEPTION rather than WORK_FAIL
  boolean sleeping;

  private final Outlet outlet;
  private final List<Peer> touched;
  private final List<FunctionQueue> abilities = new ArrayList<>(); // the next to be served first
  private boolean unflushed;

  /**
   * @param touched where this peer enters itself when it has something to flush
   */
  Peer(Outlet outlet, List<Peer> touched, Stall.Clock clock) {
    this.outlet = outlet;
    this.touched = touched;
    this.stall = new Stall(outlet, clock);
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
  }

  boolean removeAbility(FunctionQueue function) {
    function.workers.remove(this);
    function.sleepers.remove(this);
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

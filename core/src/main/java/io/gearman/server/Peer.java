// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.Printable;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection. To Gearman it has no role: unless it is told otherwise it may submit jobs, run
 * them, and ask for the state of things.
 */
final class Peer {

  private static final Logger log = LoggerFactory.getLogger(JobServer.class);
  private static final int MAX_CLIENT_ID = 127;

  final long number;

  /** What this connection can do as a worker. */
  final Abilities abilities;

  /** What this connection waits for, by the number of the job. */
  final Map<Long, Attachment> attachments = new HashMap<>(2);

  /** Running jobs that this connection holds, oldest first. */
  final Chain<Job> owned = new Chain<>();

  /** What it has asked and was not answered yet. */
  final Inbox inbox = new Inbox();

  /** Whether this connection is read. */
  final Intake intake;

  /** Holds up what feeds this connection while it takes nothing. */
  final Stall stall;

  /**
   * Attachments to see to when this connection takes data again: late progress, waiting workers.
   */
  final Set<Attachment> revisit = new LinkedHashSet<>();

  long heard; // when it last sent something: nanoseconds of the clock
  boolean inputEnded; // and not everything is answered yet
  boolean flow; // speaks the flow extension
  boolean exceptions; // wants WORK_EXCEPTION rather than WORK_FAIL

  private final Outlet outlet;
  private final EnumSet<Role> roles = EnumSet.noneOf(Role.class);
  private final Touched touched;
  private String clientId = "-";
  private boolean unflushed;

  /** Where peers enter themselves when they have something to flush. */
  interface Touched {
    void add(Peer peer);
  }

  Peer(long number, Outlet outlet, Set<Role> roles, Ready ready, Stalls stalls, Touched touched) {
    this.number = number;
    this.outlet = outlet;
    this.roles.addAll(roles);
    this.touched = touched;
    this.abilities = new Abilities(this, ready);
    this.intake = new Intake(outlet);
    this.stall = stalls.make(() -> outlet.close(Departure.STALLED));
  }

  boolean is(Role role) {
    return roles.contains(role);
  }

  /** The address at the other end. */
  String address() {
    return outlet.remoteAddress();
  }

  String clientId() {
    return clientId;
  }

  /** As much of an id as gearmand keeps, without what would break the lines that show it. */
  void clientId(byte[] id) {
    byte[] cut = Arrays.copyOf(id, Math.min(id.length, MAX_CLIENT_ID));
    String shown = new String(Printable.name(cut, ""), ISO_8859_1).replace(" ", "");
    clientId = shown.isEmpty() ? "-" : shown;
  }

  /** A connection that cannot be written to is closed; who sends to it is not to blame. */
  void send(Packet packet) {
    try {
      outlet.write(packet);
    } catch (Throwable e) {
      giveUp(e);
    }
    touch();
  }

  /** Something went wrong with this connection, be it for want of memory: no other is harmed. */
  void giveUp(Throwable cause) {
    close(Departure.CLOSED);
    log.warn("Closed the connection from {}", address(), cause);
  }

  void send(PacketType type, byte[]... arguments) {
    send(Packet.response(type, arguments));
  }

  void error(String code, String text) {
    send(PacketType.ERROR, code.getBytes(US_ASCII), text.getBytes(US_ASCII));
  }

  void sendText(String text) {
    outlet.write(text.getBytes(ISO_8859_1));
    touch();
  }

  void wake() {
    send(PacketType.NOOP);
  }

  void flush() {
    unflushed = false;
    outlet.flush();
  }

  boolean isWritable() {
    return outlet.isWritable();
  }

  /** Nothing more is heard of this connection, and it is closed. */
  void close(Departure reason) {
    inbox.clear();
    outlet.close(reason);
  }

  /** Nothing more is heard of this connection, and it is closed when what was written has left. */
  void finish() {
    inbox.clear();
    outlet.finish();
  }

  private void touch() {
    if (!unflushed) {
      touched.add(this);
      unflushed = true;
    }
  }
}

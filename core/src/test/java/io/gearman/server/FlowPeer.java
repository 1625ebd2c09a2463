// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.server.FlowModel.require;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One connection: what can be known of it from its wire, and what it must hear next. */
final class FlowPeer implements Outlet {

  record Heard(FlowPeer peer, Packet packet) {}

  final FlowStep.Seat seat;
  final boolean flow;
  final Peer connection;

  boolean writable = true;
  boolean closed;
  boolean gone;
  private boolean reading = true;
  private boolean flushed = true;

  final Set<String> functions = new LinkedHashSet<>();
  boolean sleeping;
  int keptGrabs;
  boolean unreadAnswers; // it sent something while it took nothing
  final Set<FlowPeer> feeders = new LinkedHashSet<>(); // workers that wait for this one
  private long fedSince = FlowModel.NEVER;

  // To come.
  @Nullable PacketType grab; // a job at once
  int refusals;
  int errors;
  int options;
  private final Map<String, Deque<Packet>> events = new HashMap<>(); // by handle

  private final List<Heard> heard;

  /**
   * @param heard where this peer enters what it hears
   */
  FlowPeer(FlowStep.Seat seat, Broker broker, List<Heard> heard) {
    this.seat = seat;
    this.flow = seat.flow;
    this.heard = heard;
    this.connection = broker.connect(this, Permissions.ALL);
  }

  /** This connection must hear of something that happened to a job. */
  void expect(String handle, Packet event) {
    events.computeIfAbsent(handle, key -> new ArrayDeque<>()).add(event);
  }

  boolean expects(String handle) {
    return events.containsKey(handle) && !events.get(handle).isEmpty();
  }

  void happened(String handle, Packet event) {
    require(expects(handle), this, "hears", event, "for no reason");
    Packet expected = events.get(handle).poll();
    require(event.equals(expected), this, "hears", event, "and not", expected);
  }

  void fallsAsleep() {
    refusals += keptGrabs;
    keptGrabs = 0;
    sleeping = true;
  }

  void wakes() {
    require(sleeping, this, "is woken though it does not sleep");
    sleeping = false;
  }

  void takesDataAgain() {
    writable = true;
    unreadAnswers = false;
    feeders.clear();
  }

  /**
   * @param held whether this connection should not be read now
   */
  void settle(long now, boolean held) {
    events.forEach((handle, left) -> require(left.isEmpty(), this, "does not hear", left));
    require(grab == null, this, "gets no answer to its grab");
    require(refusals == 0, this, "has a grab that is not refused");
    require(errors == 0, this, "is not told that it does not hold the job");
    require(options == 0, this, "gets no answer to its option");
    require(flushed, this, "hears later what it could hear now");
    require(reading != held, this, reading ? "is read" : "is not read");
    fedSince = feeders.isEmpty() ? FlowModel.NEVER : Math.min(fedSince, now);
  }

  boolean isFedForTooLong(long now) {
    return now - fedSince >= FlowModel.BOUND;
  }

  void checkNothingIsLeft() {
    require(connection.attachments.isEmpty(), this, "has attachments left");
    require(connection.owned.isEmpty(), this, "has jobs left");
    require(connection.revisit.isEmpty(), this, "is to be revisited");
    require(connection.abilities.functions().isEmpty(), this, "has functions left");
  }

  // ---- what the broker does

  @Override
  public void write(Packet packet) {
    flushed = false;
    heard.add(new Heard(this, packet));
  }

  @Override
  public void write(byte[] text) {
    throw new AssertionError(this + " hears text that it has not asked for");
  }

  @Override
  public void flush() {
    flushed = true;
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  @Override
  public void finish() {
    throw new AssertionError(this + " is sent away though it has said no more than a line may");
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public void setReading(boolean reading) {
    this.reading = reading;
  }

  @Override
  public void close(Departure reason) {
    closed = true;
  }

  @Override
  public String toString() {
    return seat.name();
  }
}

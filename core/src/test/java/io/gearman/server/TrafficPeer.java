// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.server.FlowModel.require;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One connection: what it has asked and must be answered in this order, and what it may hear. */
final class TrafficPeer implements Outlet {

  final Peer connection;
  boolean writable = true;
  boolean reading = true;
  boolean closed;
  boolean ended; // its input
  boolean sleeping;
  int woken; // times
  int grabs; // not answered
  private boolean flow;
  private boolean flushed = true;
  private final Deque<PacketType> unanswered = new ArrayDeque<>();
  private final Map<String, Integer> listensTo = new HashMap<>(); // times, by handle
  private final Map<String, Integer> ends = new HashMap<>();
  private final Set<String> cancelled = new HashSet<>();

  private final List<String> handles;
  private final List<String> story;

  TrafficPeer(Broker broker, List<String> handles, List<String> story) {
    this.handles = handles;
    this.story = story;
    this.connection = broker.connect(this, Permissions.ALL);
  }

  void asks(Packet packet) {
    story.add(this + " says " + packet);
    switch (packet.type()) {
      case GRAB_JOB, GRAB_JOB_UNIQ, GRAB_JOB_ALL -> {
        grabs++;
        sleeping = false;
      }
      case PRE_SLEEP -> sleeping = true;
      case WORK_CANCEL -> cancelled.add(packet.text(0));
      case CAN_DO, CAN_DO_TIMEOUT, CANT_DO, RESET_ABILITIES, SET_CLIENT_ID -> {}
      case WORK_DATA, WORK_WARNING, WORK_STATUS, WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION -> {}
      case WORK_DEMAND, WORK_RESTARTED -> {}
      default -> unanswered.add(packet.type());
    }
  }

  private void hears(Packet packet) {
    switch (packet.type()) {
      case NOOP -> {
        require(sleeping, this, "is woken though it does not sleep");
        sleeping = false;
        woken++;
      }
      case NO_JOB, JOB_ASSIGN, JOB_ASSIGN_UNIQ, JOB_ASSIGN_ALL ->
          require(--grabs >= 0, this, "hears", packet, "without a grab");
      case WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION -> ends.merge(packet.text(0), 1, Integer::sum);
      case WORK_DATA, WORK_WARNING, WORK_STATUS, WORK_DEMAND, WORK_CANCEL, WORK_RESTARTED -> {}
      case ERROR -> {
        if (!packet.text(0).equals("JOB_NOT_FOUND")) {
          isAnswered(packet);
        }
      }
      default -> isAnswered(packet);
    }
  }

  private void isAnswered(Packet answer) {
    PacketType question = unanswered.poll();
    boolean fits = question != null && fits(question, answer);
    require(fits, this, "hears", answer, "as the answer to", question);
    if (answer.type() == PacketType.OPTION_RES) {
      flow |= answer.text(0).equals("flow");
    } else if (answer.type() == PacketType.JOB_CREATED) {
      String handle = answer.text(0);
      if (!handles.contains(handle)) {
        handles.add(handle);
      }
      if (!isBackground(question)) {
        listensTo.merge(handle, 1, Integer::sum);
      }
    }
  }

  private static boolean isBackground(PacketType submission) {
    return submission.name().endsWith("_BG")
        || submission == PacketType.SUBMIT_JOB_EPOCH
        || submission == PacketType.SUBMIT_REDUCE_JOB_BACKGROUND;
  }

  private static boolean fits(PacketType question, Packet answer) {
    String code = answer.type() == PacketType.ERROR ? answer.text(0) : "";
    return switch (question) {
      case ECHO_REQ -> answer.type() == PacketType.ECHO_RES;
      case GET_STATUS -> answer.type() == PacketType.STATUS_RES;
      case GET_STATUS_UNIQUE -> answer.type() == PacketType.STATUS_RES_UNIQUE;
      case OPTION_REQ -> answer.type() == PacketType.OPTION_RES || code.equals("UNKNOWN_OPTION");
      case SUBMIT_JOB_SCHED -> code.equals("INVALID_COMMAND");
      default ->
          question.name().startsWith("SUBMIT")
              ? answer.type() == PacketType.JOB_CREATED
                  || code.equals("QUEUE_ERROR")
                  || code.equals("ARGUMENT_TOO_LARGE")
              : code.equals("INVALID_COMMAND");
    };
  }

  boolean waits() {
    return sleeping || grabs > 0;
  }

  boolean can(FunctionQueue function) {
    return connection.abilities.functions().contains(function);
  }

  void settle() {
    require(flushed, this, "hears later what it could hear now");
    require(closed || !writable || unanswered.isEmpty(), this, "is not answered", unanswered);
    require(closed || grabs == 0 || flow, this, "gets no answer to its grab");
  }

  /** Everything has ended: each job that this peer waits for, once for each time it asked. */
  void checkEnds() {
    listensTo.forEach(
        (handle, times) -> {
          int heard = ends.getOrDefault(handle, 0);
          int fewest = cancelled.contains(handle) ? 0 : flow ? 1 : times;
          require(heard >= fewest, this, "heard", heard, "ends of", handle, "and not", times);
        });
    ends.forEach(
        (handle, heard) -> {
          int most = listensTo.getOrDefault(handle, 0);
          require(heard <= most, this, "heard", heard, "ends of", handle, "and not", most);
        });
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
    story.add("  " + this + " hears " + packet);
    hears(packet);
  }

  @Override
  public void write(byte[] text) {
    flushed = false;
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
  public void setReading(boolean reading) {
    this.reading = reading;
  }

  @Override
  public void close(Departure reason) {
    closed = true;
  }

  @Override
  public void finish() {
    closed = true;
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public String toString() {
    return "Peer " + (connection == null ? "?" : connection.number);
  }
}

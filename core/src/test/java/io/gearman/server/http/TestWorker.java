// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.protocol.PacketType.WORK_WARNING;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.WireClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * A worker with the flow extension, by hand: what it takes, sends and hears is what a test says.
 */
final class TestWorker implements AutoCloseable {

  /** A job that was assigned. Names are one character for each byte. */
  record Assigned(String handle, String function, String unique, byte[] workload) {

    String text() {
      return new String(workload, StandardCharsets.UTF_8);
    }
  }

  private final WireClient wire;
  private Assigned job; // taken last
  private long credit; // of that

  TestWorker(int port, String function) {
    wire = WireClient.connect("127.0.0.1", port);
    wire.request(OPTION_REQ, "flow");
    wire.receive(OPTION_RES);
    wire.request(CAN_DO, function);
  }

  /** The next job, which all the following is about. */
  Assigned take() {
    wire.request(GRAB_JOB_ALL);
    Packet packet = hears(JOB_ASSIGN_UNIQ);
    credit = 1;
    job = new Assigned(packet.text(0), packet.text(1), packet.text(2), packet.argument(3));
    return job;
  }

  void complete(String result) {
    wire.request(WORK_COMPLETE, job.handle(), result);
  }

  void fail() {
    wire.request(WORK_FAIL, job.handle());
  }

  void failWith(String exception) {
    wire.request(WORK_EXCEPTION, job.handle(), exception);
  }

  void progress(int done, int total) {
    wire.request(WORK_STATUS, job.handle(), Integer.toString(done), Integer.toString(total));
  }

  /** Sends data as soon as it may. */
  void data(String data) {
    sendOnDemand(WORK_DATA, data);
  }

  /** Sends a warning as soon as it may. */
  void warning(String warning) {
    sendOnDemand(WORK_WARNING, warning);
  }

  private void sendOnDemand(PacketType type, String data) {
    while (credit == 0) {
      awaitDemand();
    }
    credit--;
    wire.request(type, job.handle(), data);
  }

  /** Whether something is asked for, waiting for it if need be. */
  boolean mayBeSent(Duration patience) {
    if (credit > 0) {
      return true;
    }
    try {
      wire.timeout(patience);
      return awaitDemand() > 0;
    } catch (AssertionError none) {
      return false;
    }
  }

  /** Waits for demand. Returns how much may be sent now. */
  long awaitDemand() {
    Packet demand = wire.receive(WORK_DEMAND);
    if (!demand.text(0).equals(job.handle())) {
      throw new AssertionError("Awaited demand for " + job.handle() + ", received " + demand);
    }
    credit += Long.parseLong(demand.text(1));
    return credit;
  }

  /** Waits until it is told to stop. */
  void awaitCancel() {
    Packet cancel = hears(WORK_CANCEL);
    if (!cancel.text(0).equals(job.handle())) {
      throw new AssertionError("Awaited the end of " + job.handle() + ", received " + cancel);
    }
  }

  /** Waits until all that was sent is heard. Fails if anything came meanwhile, demand included. */
  void settle() {
    wire.request(ECHO_REQ, "");
    wire.receive(ECHO_RES);
  }

  /** The next packet that is no demand must be of this type. */
  private Packet hears(PacketType type) {
    Packet packet = wire.receive();
    while (packet.type() == WORK_DEMAND) {
      packet = wire.receive();
    }
    if (packet.type() != type) {
      throw new AssertionError("Awaited " + type + ", received " + packet);
    }
    return packet;
  }

  @Override
  public void close() {
    wire.close();
  }

  static byte[] bytes(int count, int value) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}

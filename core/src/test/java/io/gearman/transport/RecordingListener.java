// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import io.gearman.protocol.Packet;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what it hears, for the thread of a test to read. The queue never blocks the event
 * loop that puts into it.
 */
final class RecordingListener implements PacketListener {

  sealed interface Event {}

  record Received(Packet packet) implements Event {}

  record Writable() implements Event {}

  record Closed(@Nullable Throwable cause) implements Event {}

  private static final int TIMEOUT_MILLIS = 5_000;

  private final PacketConnection connection;
  private final BiConsumer<PacketConnection, Packet> reaction;
  private final LinkedTransferQueue<Event> events = new LinkedTransferQueue<>();
  private Runnable whenWritable = () -> {};

  RecordingListener(PacketConnection connection) {
    this(connection, (c, packet) -> {});
  }

  /**
   * @param reaction what to do with a packet, on the event loop
   */
  RecordingListener(PacketConnection connection, BiConsumer<PacketConnection, Packet> reaction) {
    this.connection = connection;
    this.reaction = reaction;
  }

  /** Sets what to do when the connection takes data again; on the event loop. */
  void whenWritable(Runnable action) {
    whenWritable = action;
  }

  PacketConnection connection() {
    return connection;
  }

  @Override
  public void onPacket(Packet packet) {
    events.add(new Received(packet));
    reaction.accept(connection, packet);
  }

  @Override
  public void onWritable() {
    events.add(new Writable());
    whenWritable.run();
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    events.add(new Closed(cause));
  }

  /** Does something on the event loop and waits until it is done. */
  void onLoop(Runnable action) throws Exception {
    connection.executor().submit(action).get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Writes packets in one go and waits until that is done. */
  void write(Packet... packets) throws Exception {
    onLoop(
        () -> {
          for (Packet packet : packets) {
            connection.write(packet);
          }
        });
  }

  /** The next event. */
  Event next() throws InterruptedException {
    Event event = next(TIMEOUT_MILLIS);
    if (event == null) {
      throw new AssertionError("Nothing was heard for " + TIMEOUT_MILLIS + " ms");
    }
    return event;
  }

  /** The next event, or null if none comes in time. */
  @Nullable Event next(int millis) throws InterruptedException {
    return events.poll(millis, TimeUnit.MILLISECONDS);
  }

  /** The next event, which must be a packet. */
  Packet nextPacket() throws InterruptedException {
    return event(Received.class).packet();
  }

  /** The next event, which must be the end; returns the cause. */
  @Nullable Throwable nextClosed() throws InterruptedException {
    return event(Closed.class).cause();
  }

  /** Events that nobody has asked for yet. */
  int pending() {
    return events.size();
  }

  private <E extends Event> E event(Class<E> kind) throws InterruptedException {
    Event event = next();
    if (!kind.isInstance(event)) {
      throw new AssertionError("Awaited " + kind.getSimpleName() + ", heard " + event);
    }
    return kind.cast(event);
  }
}

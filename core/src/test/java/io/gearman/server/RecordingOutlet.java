// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket: keeps what the broker sends, and says it is writable or not as
 * told.
 */
final class RecordingOutlet implements Outlet {

  private final List<Packet> packets = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private boolean flushed = true;
  boolean writable = true;
  boolean reading = true;
  boolean closed;
  boolean broken;
  @Nullable Departure departure;

  @Override
  public void write(Packet packet) {
    if (broken) {
      throw new IllegalStateException("There is no memory for " + packet);
    }
    packets.add(packet);
    flushed = false;
  }

  @Override
  public void write(byte[] reply) {
    text.append(new String(reply, ISO_8859_1));
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
    departure = reason;
  }

  @Override
  public void finish() {
    closed = true;
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  /** What was sent since the last call, all of it flushed. */
  List<Packet> sent() {
    if (!flushed) {
      throw new AssertionError("Not flushed: " + packets + text);
    }
    List<Packet> sent = List.copyOf(packets);
    packets.clear();
    return sent;
  }

  String text() {
    String sent = text.toString();
    text.setLength(0);
    return sent;
  }

  static Packet request(PacketType type, String... arguments) {
    return Packet.request(type, bytes(arguments));
  }

  static Packet response(PacketType type, String... arguments) {
    return Packet.response(type, bytes(arguments));
  }

  private static byte[][] bytes(String... arguments) {
    return Arrays.stream(arguments)
        .map(argument -> argument.getBytes(ISO_8859_1))
        .toArray(byte[][]::new);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import io.gearman.protocol.Packet;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Collects outbound packets into one buffer, so that a batch of them is one write and one system
 * call. Large payloads are passed on without copying.
 *
 * <p>Confined to one thread, which need not be the channel's event loop: what crosses to it is a
 * whole buffer.
 */
public final class PacketWriter {

  private static final int BATCH_SIZE =
      64 << 10; // also the high-water mark of a Netty channel by default
  private static final int FIRST_SIZE = 1 << 10;
  private static final int LARGE_ARGUMENT = 16 << 10;

  private final Channel channel;
  private @Nullable ByteBuf batch; // null when nothing was written since the last hand-over
  private boolean unflushed;

  public PacketWriter(Channel channel) {
    this.channel = channel;
  }

  /** Adds a packet; {@link #flush} sends it. */
  public void write(Packet packet) {
    ByteBuf out = batch();
    if (packet.lastLength() >= LARGE_ARGUMENT) {
      packet.writeWithoutLastArgument(out);
      handOver();
      channel.write(packet.lastArgument());
    } else {
      packet.writeTo(out);
      if (out.readableBytes() >= BATCH_SIZE) {
        handOver();
      }
    }
  }

  /** Adds bytes that are no packet: a reply of the text protocol. */
  public void write(byte[] text) {
    batch().writeBytes(text);
  }

  /** Sends what was written since the last flush; nothing if there was nothing. */
  public void flush() {
    if (unflushed) {
      unflushed = false;
      handOver();
      channel.flush();
    }
  }

  /** False while more waits for the socket than the channel's high-water mark allows. */
  public boolean isWritable() {
    ByteBuf out = batch;
    return channel.isWritable() && (out == null || out.readableBytes() < BATCH_SIZE / 2);
  }

  private ByteBuf batch() {
    unflushed = true;
    ByteBuf out = batch;
    if (out == null) {
      out = channel.alloc().ioBuffer(FIRST_SIZE);
      batch = out;
    }
    return out;
  }

  private void handOver() {
    ByteBuf out = batch;
    if (out != null) {
      batch = null;
      channel.write(out);
    }
  }
}

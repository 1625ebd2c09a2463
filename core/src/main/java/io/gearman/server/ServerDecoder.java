// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.PacketDecoder;
import io.gearman.protocol.PacketType;
import io.gearman.protocol.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;

/**
 * Decodes what a job server hears: packets, which begin with a NUL, and lines of the text protocol,
 * which do not. It is decided anew for each of them, so that one connection may mix both.
 */
final class ServerDecoder extends PacketDecoder {

  /** Longest line, its end included; gearmand's own limit. */
  static final int MAX_LINE = 8192;

  /** What TLS begins with. As a line it might wait for its end for ever. */
  private static final byte TLS_HANDSHAKE = 0x16;

  /** Packets up to this size are not counted: a connection takes as much in any case. */
  private static final int SMALL = 8 << 10;

  private final PartialPackets partial;
  private int held; // of those

  ServerDecoder(int maxPacketSize, PartialPackets partial) {
    super(maxPacketSize);
    this.partial = partial;
  }

  @Override
  protected void reserve(int bytes) {
    if (bytes <= SMALL) {
      return;
    }
    if (!partial.take(bytes - held)) {
      throw new ProtocolException(
          "There is no room for %d bytes of a packet: those that are incomplete may take %d"
              .formatted(bytes, partial.max()));
    }
    held = bytes;
  }

  @Override
  protected void release() {
    partial.giveBack(held);
    held = 0;
  }

  /** Results and data go to whoever waits for them as they come. */
  @Override
  protected boolean passesThrough(PacketType type) {
    return type == PacketType.WORK_COMPLETE || type == PacketType.WORK_DATA;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (!atPacketBoundary() || in.getByte(in.readerIndex()) == 0) {
      super.decode(context, in, out);
      return;
    }
    if (in.getByte(in.readerIndex()) == TLS_HANDSHAKE) {
      in.skipBytes(in.readableBytes());
      throw new ProtocolException("The peer speaks TLS, which this port does not");
    }
    int length = in.bytesBefore(Math.min(in.readableBytes(), MAX_LINE), (byte) '\n');
    if (length >= 0) {
      String line = in.readString(length, ISO_8859_1);
      in.skipBytes(1);
      out.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    } else if (in.readableBytes() >= MAX_LINE) {
      in.skipBytes(in.readableBytes());
      throw new ProtocolException("A text line is longer than " + MAX_LINE + " bytes");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into {@link Packet}s.
 *
 * <pre>
 *   HEADER --12 bytes--> ARGUMENTS --all but the last--> LAST --declared size--> HEADER
 * </pre>
 *
 * <p>Arguments are searched for only within the declared size. The last argument is read straight
 * into its own array as bytes arrive. The array takes at most 17 times what has arrived, or 4 KiB,
 * so that a declared size alone takes no memory; one of a megabyte is made once, at its size, where
 * 64 KiB are read at a time, the header among them. Large data that only passes through is not
 * copied at all. Nothing is ever read twice but the beginning of an argument that is still
 * incomplete, which is at most {@link #MAX_ARGUMENT_SIZE} bytes long.
 *
 * <p>Bytes that are no packet raise a {@link ProtocolException}; whatever follows them on the
 * connection is discarded.
 */
public class PacketDecoder extends ByteToMessageDecoder {

  /** Limit of a whole packet unless another is given: 64 MiB. */
  public static final int DEFAULT_MAX_PACKET_SIZE = 64 << 20;

  /** Limit of every argument that is not data, the terminating NUL included; gearmand's own. */
  public static final int MAX_ARGUMENT_SIZE = 8192;

  private static final int FIRST_STEP = 4 << 10;
  private static final int GROWTH = 17;
  private static final int LARGE = 16 << 10;
  private static final byte[] EMPTY = {};

  private final int maxPacketSize;

  private @Nullable Magic magic;
  private @Nullable PacketType type; // null between packets
  private int remaining; // bytes of the packet not yet read
  private byte[][] arguments = {};
  private int read; // arguments complete
  private byte[] last = EMPTY;
  private @Nullable Pieces pieces; // instead of that, of large data that passes through
  private int lastRead; // bytes of the last argument read
  private boolean failed;

  /**
   * @param maxPacketSize largest packet accepted in bytes, header included; at least {@link
   *     Packet#HEADER_SIZE}
   */
  public PacketDecoder(int maxPacketSize) {
    if (maxPacketSize < Packet.HEADER_SIZE) {
      throw new IllegalArgumentException(
          "maxPacketSize must be at least " + Packet.HEADER_SIZE + " bytes, not " + maxPacketSize);
    }
    this.maxPacketSize = maxPacketSize;
  }

  /**
   * True between packets: the next byte begins a header, or whatever else a subclass understands.
   */
  protected final boolean atPacketBoundary() {
    return type == null;
  }

  /**
   * The last argument of a packet is about to take so many bytes, until {@link #release}. A
   * subclass that has no room for them throws a {@link ProtocolException}.
   *
   * @param bytes in total, more each time
   */
  protected void reserve(int bytes) {}

  /**
   * Whether large data of this type only passes through: it stays in the buffers that it came in,
   * and whoever gets the packet {@linkplain Packet#release releases} it. By default nothing does.
   */
  protected boolean passesThrough(PacketType type) {
    return false;
  }

  /** The packet is complete or will never be. */
  protected void release() {}

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    giveUp();
  }

  private void giveUp() {
    last = EMPTY;
    if (pieces != null) {
      pieces.release();
      pieces = null;
    }
    release();
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (failed) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      Packet packet = decode(context.alloc(), in);
      if (packet != null) {
        out.add(packet);
      }
    } catch (RuntimeException | Error e) { // no memory, for one: what follows makes no sense
      failed = true;
      giveUp();
      throw e;
    }
  }

  private @Nullable Packet decode(ByteBufAllocator allocator, ByteBuf in) {
    if (type == null && !readHeader(in)) {
      return null;
    }
    PacketType current = type;
    Magic currentMagic = magic;
    if (current == null
        || currentMagic == null
        || !readArguments(current, in)
        || !readLast(current, allocator, in)) {
      return null;
    }
    Packet packet =
        new Packet(currentMagic, current, arguments, pieces == null ? null : pieces.joined());
    type = null;
    last = EMPTY;
    pieces = null;
    release();
    return packet;
  }

  private boolean readHeader(ByteBuf in) {
    if (in.readableBytes() < Packet.HEADER_SIZE) {
      return false;
    }
    int magicCode = in.readInt();
    int typeCode = in.readInt();
    long size = in.readUnsignedInt();
    magic = Magic.of(magicCode);
    if (magic == null) {
      throw new ProtocolException("0x%08x is not the magic of a packet".formatted(magicCode));
    }
    PacketType known = PacketType.of(typeCode);
    if (known == null) {
      throw new ProtocolException(Integer.toUnsignedString(typeCode) + " is not a packet type");
    }
    checkSize(known, size);
    type = known;
    remaining = (int) size;
    arguments = new byte[known.arguments().size()][];
    read = 0;
    lastRead = 0;
    return true;
  }

  private void checkSize(PacketType known, long size) {
    if (size + Packet.HEADER_SIZE > maxPacketSize) {
      throw new ProtocolException(
          "%s of %d bytes is over the packet limit of %d bytes"
              .formatted(known, size + Packet.HEADER_SIZE, maxPacketSize));
    }
  }

  private boolean readArguments(PacketType current, ByteBuf in) {
    while (read < arguments.length - 1) {
      int searched = Math.min(remaining, Math.min(in.readableBytes(), MAX_ARGUMENT_SIZE));
      int length = in.bytesBefore(searched, (byte) 0);
      if (length < 0) {
        if (searched == remaining) {
          throw new ProtocolException(
              "%s ends within its argument \"%s\""
                  .formatted(current, current.arguments().get(read)));
        }
        if (searched == MAX_ARGUMENT_SIZE) {
          throw tooLong(current);
        }
        return false;
      }
      byte[] argument = length == 0 ? EMPTY : new byte[length]; // most unique ids are empty
      in.readBytes(argument).skipBytes(1);
      arguments[read++] = argument;
      remaining -= length + 1;
    }
    return true;
  }

  private boolean readLast(PacketType current, ByteBufAllocator allocator, ByteBuf in) {
    if (lastRead == 0) {
      beginLast(current, allocator);
    }
    int step = Math.min(remaining, in.readableBytes());
    if (pieces == null) {
      copyLast(in, step);
    } else {
      int whole = lastRead + remaining;
      reserve(Math.min(pieces.add(in, step, remaining), whole)); // one of any size has room
    }
    lastRead += step;
    remaining -= step;
    if (remaining > 0) {
      return false;
    }
    if (arguments.length > 0) { // else there is nothing to keep; gearmand ignores such a body too
      arguments[arguments.length - 1] = last;
    }
    return true;
  }

  private void beginLast(PacketType current, ByteBufAllocator allocator) {
    if (remaining > MAX_ARGUMENT_SIZE && !current.endsInData()) {
      throw tooLong(current);
    }
    if (remaining >= LARGE && pieces == null && passesThrough(current)) {
      pieces = new Pieces(allocator);
    }
  }

  private void copyLast(ByteBuf in, int step) {
    if (lastRead + step > last.length) {
      long grown = Math.max(FIRST_STEP, (long) GROWTH * (lastRead + step));
      int length = (int) Math.min(grown, (long) lastRead + remaining);
      reserve(length);
      last = Arrays.copyOf(last, length);
    }
    in.readBytes(last, lastRead, step);
  }

  private ProtocolException tooLong(PacketType current) {
    String name =
        arguments.length == 0 ? "body" : "argument \"" + current.arguments().get(read) + '"';
    return new ProtocolException(
        "The %s of %s is longer than %d bytes".formatted(name, current, MAX_ARGUMENT_SIZE));
  }
}

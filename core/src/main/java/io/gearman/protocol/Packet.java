// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One packet: a magic, a type and its arguments. Arguments are bytes, as they are on the wire. The
 * arrays are handed over, not copied, and must not be changed afterwards; that is what makes
 * relaying cheap.
 *
 * <p>Large data that only passes through may stay where it was received, outside of the heap (see
 * {@link PacketDecoder#passesThrough}). Whoever has such a packet from a decoder releases it once;
 * all others need not know.
 */
public final class Packet {

  /** Bytes of magic, type and size before the arguments. */
  public static final int HEADER_SIZE = 12;

  private static final byte SEPARATOR = 0;

  private final Magic magic;
  private final PacketType type;
  private final byte[][] arguments;
  private final @Nullable ByteBuf data; // instead of the last argument
  private @Nullable Packet onHeap; // made once, for all who want it

  Packet(Magic magic, PacketType type, byte[][] arguments) {
    this(magic, type, arguments, null);
  }

  /**
   * @param arguments the last one does not count if there is data
   */
  Packet(Magic magic, PacketType type, byte[][] arguments, @Nullable ByteBuf data) {
    this.magic = magic;
    this.type = type;
    this.arguments = arguments;
    this.data = data;
  }

  /**
   * A packet to the server.
   *
   * @throws IllegalArgumentException if the number of arguments is not the type's, or one that
   *     others follow has a NUL
   */
  public static Packet request(PacketType type, byte[]... arguments) {
    return new Packet(Magic.REQUEST, type, checked(type, arguments));
  }

  /** A packet from the server; otherwise as {@link #request}. */
  public static Packet response(PacketType type, byte[]... arguments) {
    return new Packet(Magic.RESPONSE, type, checked(type, arguments));
  }

  private static byte[][] checked(PacketType type, byte[][] arguments) {
    int expected = type.arguments().size();
    if (arguments.length != expected) {
      throw new IllegalArgumentException(
          type
              + " takes "
              + expected
              + " arguments "
              + type.arguments()
              + ", not "
              + arguments.length);
    }
    for (int i = 0; i < expected - 1; i++) {
      for (byte b : arguments[i]) {
        if (b == SEPARATOR) {
          throw new IllegalArgumentException(
              "Argument \"" + type.arguments().get(i) + "\" of " + type + " contains a NUL");
        }
      }
    }
    return arguments;
  }

  public Magic magic() {
    return magic;
  }

  public PacketType type() {
    return type;
  }

  /** The bytes of one argument; the array is this packet's own, or a copy of large data. */
  public byte[] argument(int index) {
    return data != null && index == arguments.length - 1
        ? ByteBufUtil.getBytes(data)
        : arguments[index];
  }

  /** One argument with each byte as one character, so that no byte is lost. */
  public String text(int index) {
    return new String(argument(index), ISO_8859_1);
  }

  /**
   * This packet as the server passes it on: the same type and arguments with the magic of a
   * response. It lasts no longer than this one.
   */
  public Packet asResponse() {
    return new Packet(Magic.RESPONSE, type, arguments, data);
  }

  /** This packet with all of its arguments on the heap, where they outlive its release. */
  public Packet onHeap() {
    if (data == null) {
      return this;
    }
    Packet made = onHeap;
    if (made == null) {
      byte[][] copied = arguments.clone();
      copied[copied.length - 1] = ByteBufUtil.getBytes(data);
      made = new Packet(magic, type, copied);
      onHeap = made;
    }
    return made;
  }

  /** Frees large data that is not on the heap. */
  public void release() {
    if (data != null) {
      data.release();
    }
  }

  /** Bytes of this packet on the wire, header included. */
  public long size() {
    long size = (long) HEADER_SIZE + Math.max(0, arguments.length - 1) + lastLength();
    for (int i = 0; i < arguments.length - 1; i++) {
      size += arguments[i].length;
    }
    return size;
  }

  /** Appends the bytes of this packet. */
  public void writeTo(ByteBuf out) {
    writeWithoutLastArgument(out);
    if (data != null) {
      out.writeBytes(data, data.readerIndex(), data.readableBytes());
    } else if (arguments.length > 0) {
      out.writeBytes(arguments[arguments.length - 1]);
    }
  }

  /**
   * Appends all but the last argument, for writers that pass large data on without copying it.
   *
   * @throws IllegalArgumentException if the packet is larger than its size field can say
   */
  public void writeWithoutLastArgument(ByteBuf out) {
    long size = size() - HEADER_SIZE;
    if (size > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException(
          type + " of " + size + " bytes is larger than the protocol's 4 GiB - 1");
    }
    out.writeInt(magic.code()).writeInt(type.code()).writeInt((int) size);
    for (int i = 0; i < arguments.length - 1; i++) {
      out.writeBytes(arguments[i]).writeByte(SEPARATOR);
    }
  }

  /** Bytes of the last argument, 0 if the type has none. */
  public int lastLength() {
    if (data != null) {
      return data.readableBytes();
    }
    return arguments.length == 0 ? 0 : arguments[arguments.length - 1].length;
  }

  /** The last argument, which must exist, uncopied; the caller releases it. */
  public ByteBuf lastArgument() {
    return data == null
        ? Unpooled.wrappedBuffer(arguments[arguments.length - 1])
        : data.retainedDuplicate();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Packet that
        && magic == that.magic
        && type == that.type
        && Arrays.deepEquals(onHeap().arguments, that.onHeap().arguments);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.deepHashCode(onHeap().arguments);
  }

  /** The type and the arguments, fit to be printed; of data only the length. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(magic).append(' ').append(type);
    for (int i = 0; i < arguments.length; i++) {
      boolean isData = i == arguments.length - 1 && type.endsInData();
      text.append(i == 0 ? " " : ", ").append(type.arguments().get(i)).append('=');
      text.append(isData ? lastLength() + " bytes" : Printable.name(text(i)));
    }
    return text.toString();
  }
}

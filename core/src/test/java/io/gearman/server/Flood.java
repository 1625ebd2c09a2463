// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A peer that sends as much as the server takes and reads only when told to. */
final class Flood implements AutoCloseable {

  private static final int STALLED_MILLIS = 500; // without a byte taken
  private static final int READ_MILLIS = 10_000;

  private final SocketChannel channel;
  private final Selector selector;
  private ByteBuffer rest = ByteBuffer.allocate(0);

  private Flood(int port) throws IOException {
    channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.configureBlocking(false);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_WRITE);
  }

  static Flood connect(int port) {
    try {
      return new Flood(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Sends the same bytes again and again, whole each time, until they are that many or the server
   * takes no more for a while.
   *
   * @return how many were taken
   */
  long send(byte[] bytes, long limit) {
    long sent = 0;
    while (sent < limit) {
      if (!rest.hasRemaining()) {
        rest = ByteBuffer.wrap(bytes);
      }
      int taken = write();
      if (taken < 0) {
        return sent;
      }
      sent += taken;
    }
    return sent;
  }

  /** Sends these bytes once; says whether the server took them all. */
  boolean sendOnce(byte[] bytes) {
    rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      if (write() < 0) {
        return false;
      }
    }
    return true;
  }

  /** How many bytes were taken; -1 if none for a while, or if the connection is closed. */
  private int write() {
    try {
      int written = channel.write(rest);
      if (written == 0 && selector.select(STALLED_MILLIS) == 0) {
        return -1;
      }
      selector.selectedKeys().clear();
      return written;
    } catch (IOException e) {
      return -1;
    }
  }

  /** The next bytes that came. */
  byte[] read(int length) {
    try {
      channel.register(selector, SelectionKey.OP_READ);
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        int read = channel.read(bytes);
        if (read < 0 || (read == 0 && selector.select(READ_MILLIS) == 0)) {
          throw new AssertionError("Read only " + bytes.position() + " of " + length + " bytes");
        }
        selector.selectedKeys().clear();
      }
      return bytes.array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** True once the server has closed the connection, in whatever way; reads nothing else. */
  boolean isClosed() {
    try {
      return channel.read(ByteBuffer.allocate(1)) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      selector.close();
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

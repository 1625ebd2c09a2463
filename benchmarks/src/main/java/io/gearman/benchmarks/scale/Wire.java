// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A connection as plain as can be: requests are collected and leave in one write, answers are read
 * one by one.
 */
final class Wire implements AutoCloseable {

  private static final byte[] NOTHING = {};
  private static final int READ_SIZE = 64 << 10;
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket;
  private @Nullable DataInputStream in; // not before it is needed: most connections are idle
  private @Nullable ByteBuf out;

  private Wire(Socket socket) {
    this.socket = socket;
  }

  static Wire connect(int port) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoLinger(true, 0); // thousands of ports are free again at once
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return new Wire(socket);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot connect to port " + port, e);
    }
  }

  /** Adds a packet to the next write. */
  Wire add(PacketType type, byte[]... arguments) {
    Packet.request(type, arguments).writeTo(out());
    return this;
  }

  /** Adds a line of the text protocol to the next write. */
  Wire add(String line) {
    out().writeCharSequence(line + "\r\n", US_ASCII);
    return this;
  }

  /** Sends what was added. */
  Wire flush() {
    try {
      ByteBuf added = out();
      added.readBytes(socket.getOutputStream(), added.readableBytes());
      added.clear();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The body of the next packet, which must be of this type. */
  byte[] receive(PacketType type) {
    try {
      DataInputStream answers = in();
      answers.readInt(); // magic
      int code = answers.readInt();
      byte[] body = new byte[answers.readInt()];
      answers.readFully(body);
      if (code != type.code()) {
        throw new IllegalStateException(
            "Awaited %s, received %s %s"
                .formatted(type, PacketType.of(code), new String(body, US_ASCII)));
      }
      return body;
    } catch (IOException e) {
      throw new UncheckedIOException("Awaited " + type, e);
    }
  }

  /** Waits until the server has seen all that was sent. */
  void settle() {
    add(PacketType.ECHO_REQ, NOTHING).flush().receive(PacketType.ECHO_RES);
  }

  /** Sends a command of the text protocol that ends with a name, and awaits its OK. */
  void command(String command, byte[] name) {
    String line = command + ' ' + new String(name, US_ASCII);
    expectOk(line, add(line).flush().line());
  }

  static void expectOk(String command, String answer) {
    if (!answer.startsWith("OK")) {
      throw new IllegalStateException(command + " was answered with " + answer);
    }
  }

  /** The next line, without its end. */
  String line() {
    try {
      DataInputStream answers = in();
      StringBuilder line = new StringBuilder();
      for (int next = answers.readByte(); next != '\n'; next = answers.readByte()) {
        line.append((char) next);
      }
      return line.toString().strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many lines come before the one with a dot. */
  int countLines() {
    int lines = 0;
    while (!line().equals(".")) {
      lines++;
    }
    return lines;
  }

  private ByteBuf out() {
    ByteBuf buffer = out;
    if (buffer == null) {
      buffer = Unpooled.buffer();
      out = buffer;
    }
    return buffer;
  }

  private DataInputStream in() throws IOException {
    DataInputStream stream = in;
    if (stream == null) {
      stream = new DataInputStream(new BufferedInputStream(socket.getInputStream(), READ_SIZE));
      in = stream;
    }
    return stream;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

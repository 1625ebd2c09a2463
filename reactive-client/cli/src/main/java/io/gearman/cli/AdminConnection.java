// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.time.Duration;

/**
 * A connection that exchanges lines of bytes with a server and is never silent for longer than a
 * timeout. It does not understand the lines, so that they can be shown as they came.
 */
final class AdminConnection implements Closeable {

  private static final int MAX_LINE = 64 << 20;

  private final Socket socket;
  private final InputStream in;

  private AdminConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static AdminConnection open(String host, int port, Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout((int) timeout.toMillis());
      socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
      return new AdminConnection(socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends a line, in the bytes in which the user wrote it, with the CR LF that gearmand needs. */
  void send(String line) throws IOException {
    Charset users = Charset.forName(System.getProperty("native.encoding", "UTF-8"));
    socket.getOutputStream().write((line + "\r\n").getBytes(users));
  }

  /** The next line with its end. */
  byte[] receive() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (line.size() < MAX_LINE) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the server closed the connection without an answer");
      }
      line.write(next);
      if (next == '\n') {
        return line.toByteArray();
      }
    }
    throw new IOException("the server sent a line of more than " + MAX_LINE + " bytes");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

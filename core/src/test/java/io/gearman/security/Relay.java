// SPDX-License-Identifier: Apache-2.0
package io.gearman.security;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A piece of the network on the way to a server: it passes one connection on, and listens in. */
final class Relay implements AutoCloseable {

  private final ServerSocket port;
  private final Socket server = new Socket();
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  Relay(InetSocketAddress address) {
    try {
      port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      connect(address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void connect(InetSocketAddress address) {
    try {
      server.connect(address);
      start(this::carry);
    } catch (IOException e) {
      // it is not reached, which can be asked
    }
  }

  boolean isReached() {
    return server.isConnected();
  }

  int port() {
    return port.getLocalPort();
  }

  /** All that went to the server so far. */
  String overheard() {
    synchronized (heard) {
      return heard.toString(ISO_8859_1);
    }
  }

  private void carry() throws IOException {
    Socket client = port.accept();
    start(() -> server.getInputStream().transferTo(client.getOutputStream()));
    InputStream in = client.getInputStream();
    OutputStream out = server.getOutputStream();
    byte[] buffer = new byte[1 << 14];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      synchronized (heard) {
        heard.write(buffer, 0, read);
      }
      out.write(buffer, 0, read);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // one of the two is closed
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      port.close();
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
